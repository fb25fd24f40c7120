// What a fresh process is told, as bytes and back.

import Testing

@testable import Multiprocessing

@Suite("Preparation data")
struct PreparationDataTests {
  private var full: PreparationData {
    var data = PreparationData()
    data.name = "Worker-3:1 ü"
    data.identity = [3, 1]
    data.isDaemon = true
    data.authenticationKey = [0, 255, 7]
    data.parentName = "Worker-3"
    data.parentPid = 4711
    data.directory = Array("/tmp/\u{1}".utf8)
    data.logLevel = 20
    data.logHandlerCount = 2
    data.startMethod = "forkserver"
    data.executable = "/usr/bin/mplua"
    data.preload = ["one", "two"]
    data.onPreloadFailure = .warn
    data.recordName = "mplua_0"
    data.isOutputRelayed = true
    return data
  }

  @Test("comes back as it was")
  func roundTrip() {
    #expect(PreparationData(bytes: full.bytes) == full)
    #expect(PreparationData(bytes: PreparationData().bytes) == PreparationData())
  }

  @Test("is refused when it is cut short or too long")
  func damaged() {
    let bytes = full.bytes
    for count in bytes.indices { #expect(PreparationData(bytes: Array(bytes[..<count])) == nil) }
    #expect(PreparationData(bytes: bytes + [0]) == nil)
    #expect(PreparationData(bytes: [UInt8](repeating: 255, count: 64)) == nil)
  }

  @Test("of a request comes back, and nothing else does")
  func request() {
    let request = ForkRequest(child: 1 << 29 | 5, requester: 7, launch: 255, isDaemon: true)
    #expect(ForkRequest(bytes: request.bytes) == request)
    #expect(ForkRequest(bytes: Array(request.bytes.dropLast())) == nil)
    #expect(ForkRequest(bytes: request.bytes + [0]) == nil)
    #expect(ForkRequest(bytes: [UInt8](repeating: 2, count: 16)) == nil)
  }
}
