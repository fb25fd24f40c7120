// What a fresh process must know of the one that started it. Python: `multiprocessing.spawn`'s
// `get_preparation_data`.

/// All that a forked child would have found in its memory, of the runtime's own.
///
/// The script's part, such as `package.path`, travels in a message of its own.
public struct PreparationData: Equatable {
  /// The process's name.
  public var name = ""
  /// Its numbers among its siblings, and those of its ancestors.
  public var identity: [Int] = []
  /// Whether it ends with its parent.
  public var isDaemon = false
  /// Its secret.
  public var authenticationKey: [UInt8] = []
  /// The name of the process that started it.
  public var parentName = ""
  /// Its number.
  public var parentPid: Int32 = 0
  /// The working directory; empty when it has no name any more.
  public var directory: [UInt8] = []
  /// The level that was set for the logger.
  public var logLevel = 0
  /// How often each log line is written.
  public var logHandlerCount = 0
  /// How the process starts others; empty when that is not fixed.
  public var startMethod = ""
  /// The program that fresh processes run; empty for the running one.
  public var executable = ""
  /// The modules that a fork server loads.
  public var preload: [String] = []
  /// What it does about one that it cannot load.
  public var onPreloadFailure = Context.PreloadFailure.ignore
  /// The name of the record of shared memory.
  var recordName = ""
  /// Whether what it writes goes to a relay.
  var isOutputRelayed = false

  /// Makes empty data.
  public init() {}

  /// What a child that `process` describes, and that starts others by `method`, must know.
  init(of process: Process, method: StartMethod) {
    self.init()
    name = process.name
    identity = process.identity
    isDaemon = process.isDaemon
    authenticationKey = process.authenticationKey
    startMethod = method.rawValue
    describeThisProcess()
    if process.outputMode != nil { isOutputRelayed = true }
  }

  /// What a helper must know.
  init(helper name: String) {
    self.init()
    self.name = name
    authenticationKey = CurrentProcess.authenticationKey
    describeThisProcess()
  }

  private mutating func describeThisProcess() {
    parentName = CurrentProcess.name
    parentPid = CurrentProcess.pid
    directory = WorkingDirectory.path
    logLevel = Logger.level.rawValue
    logHandlerCount = Logger.handlerCount
    executable = Context.executable ?? ""
    (preload, onPreloadFailure) = Context.preload
    recordName = OwnerRecord.name
    isOutputRelayed = Output.isRelayed
  }
}

// MARK: - As bytes

extension PreparationData {
  /// The data as a message.
  var bytes: [UInt8] {
    var writer = Writer()
    writer.write(name)
    writer.write(identity.count)
    for number in identity { writer.write(number) }
    writer.write(isDaemon ? 1 : 0)
    writer.write(authenticationKey)
    writer.write(parentName)
    writer.write(Int(parentPid))
    writer.write(directory)
    writer.write(logLevel)
    writer.write(logHandlerCount)
    writer.write(startMethod)
    writer.write(executable)
    writer.write(preload.count)
    for module in preload { writer.write(module) }
    writer.write(onPreloadFailure.rawValue)
    writer.write(recordName)
    writer.write(isOutputRelayed ? 1 : 0)
    return writer.bytes
  }

  /// Reads what `bytes` gave; nil for anything else.
  init?(bytes: [UInt8]) {
    self.init()
    var reader = Reader(bytes: bytes[...])
    name = reader.readText()
    identity = (0..<reader.readCount()).map { _ in reader.readNumber() }
    isDaemon = reader.readNumber() != 0
    authenticationKey = reader.readBytes()
    parentName = reader.readText()
    parentPid = Int32(truncatingIfNeeded: reader.readNumber())
    directory = reader.readBytes()
    logLevel = reader.readNumber()
    logHandlerCount = reader.readNumber()
    startMethod = reader.readText()
    executable = reader.readText()
    preload = (0..<reader.readCount()).map { _ in reader.readText() }
    guard let onFailure = Context.PreloadFailure(rawValue: reader.readText()) else { return nil }
    onPreloadFailure = onFailure
    recordName = reader.readText()
    isOutputRelayed = reader.readNumber() != 0
    guard !reader.hasFailed, reader.bytes.isEmpty else { return nil }
  }

  private struct Writer {
    var bytes: [UInt8] = []

    mutating func write(_ number: Int) {
      for shift in stride(from: 0, to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: number >> shift))
      }
    }

    mutating func write(_ text: [UInt8]) {
      write(text.count)
      bytes += text
    }

    mutating func write(_ text: String) { write(Array(text.utf8)) }
  }

  private struct Reader {
    var bytes: ArraySlice<UInt8>
    var hasFailed = false

    mutating func readNumber() -> Int {
      guard bytes.count >= 8 else {
        hasFailed = true
        return 0
      }
      var number: UInt64 = 0
      for byte in bytes.prefix(8).reversed() { number = number << 8 | UInt64(byte) }
      bytes = bytes.dropFirst(8)
      return Int(truncatingIfNeeded: number)
    }

    /// The number of things or bytes to come, each of which takes a byte at least.
    mutating func readCount() -> Int {
      let count = readNumber()
      if (0...bytes.count).contains(count) { return count }
      hasFailed = true
      return 0
    }

    mutating func readBytes() -> [UInt8] {
      let count = readCount()
      defer { bytes = bytes.dropFirst(count) }
      return Array(bytes.prefix(count))
    }

    mutating func readText() -> String { String(decoding: readBytes(), as: UTF8.self) }
  }
}
