// One event as the trace's file has it. No counterpart in Python; the format is Chrome's.

/// A line of JSON with one event of Chrome's trace event format.
struct TraceLine {
  /// The event, the comma and the newline behind it included.
  private(set) var bytes: [UInt8] = []
  private var hasArguments = false

  /// Begins a line.
  ///
  /// - Parameters:
  ///   - phase: `X` for a span, `i` for an instant, `C` for a counter, `M` for a description.
  ///   - name: What happened.
  ///   - pid: The system's number of the process.
  ///   - row: The row of the process: numbers of processes may come again, numbers of rows do not.
  init(_ phase: String, _ name: String, pid: UInt32, row: UInt32) {
    bytes.reserveCapacity(256)
    put("{\"ph\":\"")
    put(phase)
    put("\",\"pid\":")
    put(UInt64(pid))
    put(",\"tid\":")
    put(UInt64(row))
    put(",\"name\":")
    put(text: name)
  }

  /// Adds a member whose value is one of the program's own words.
  mutating func add(_ key: String, word: String) {
    put(key: key)
    put("\"")
    put(word)
    put("\"")
  }

  /// Adds a time, in microseconds with three digits after the point.
  mutating func add(_ key: String, nanoseconds: UInt64) {
    put(key: key)
    put(nanoseconds / 1000)
    let rest = nanoseconds % 1000
    bytes.append(UInt8(ascii: "."))
    for divisor: UInt64 in [100, 10, 1] {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / divisor % 10))
    }
  }

  /// Adds an argument.
  mutating func add(argument key: String, _ number: Int) {
    beginArgument(key)
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    put(UInt64(number.magnitude))
  }

  /// Adds an argument.
  mutating func add(argument key: String, _ text: String) {
    beginArgument(key)
    put(text: text)
  }

  /// Ends the line; the last one of the file also ends the list.
  mutating func end(isLast: Bool = false) {
    put(hasArguments ? "}}" : "}")
    put(isLast ? "\n]\n" : ",\n")
  }

  private mutating func beginArgument(_ key: String) {
    if !hasArguments {
      put(",\"args\":{\"")
      put(key)
      put("\":")
      hasArguments = true
    } else {
      put(key: key)
    }
  }

  private mutating func put(key: String) {
    put(",\"")
    put(key)
    put("\":")
  }

  private mutating func put(_ text: String) { bytes += text.utf8 }

  private mutating func put(_ number: UInt64) { bytes += String(number).utf8 }

  private mutating func put(text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        put(byte < 0x10 ? "\\u000" : "\\u00")
        bytes += String(byte, radix: 16).utf8
      default:
        bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
