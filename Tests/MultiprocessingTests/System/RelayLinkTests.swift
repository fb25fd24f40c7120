// What a process and a relay tell each other.

import Glibc
import Testing

@testable import Multiprocessing

@Suite("Relay link") struct RelayLinkTests {
  @Test("brings a process descriptor, and the last word of a relay that ends at once")
  func lastWord() throws {
    let (starter, relay) = try RelayLink.make()
    defer { close(starter) }
    let null = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { close(null) }
    RelayLink.tellStarted(null, on: starter)
    guard case .watch(let descriptor) = RelayLink.takeOrder(from: relay) else {
      Issue.record("no descriptor came")
      return
    }
    #expect(descriptor > STDERR_FILENO && descriptor != null)
    close(descriptor)
    RelayLink.tellShown(on: relay)
    close(relay)
    #expect(RelayLink.isShown(on: starter))
    #expect(!RelayLink.isShown(on: starter))
  }

  @Test("tells of a start without a descriptor, and of a starter that has died")
  func withoutDescriptor() throws {
    let (starter, relay) = try RelayLink.make()
    RelayLink.tellStarted(-1, on: starter)
    #expect(RelayLink.takeOrder(from: relay) == .watch(-1))
    close(starter)
    #expect(RelayLink.takeOrder(from: relay) == .nobody)
    // Nobody hears it, and nothing dies of it.
    RelayLink.tellShown(on: relay)
    close(relay)
  }
}
