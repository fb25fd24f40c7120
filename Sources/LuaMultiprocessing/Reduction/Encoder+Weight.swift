// Tells once of a function that drags much along: most often a variable that nobody meant to send. No
// Python counterpart, as there functions travel by name.

internal import CLua
internal import CLuaBridge
internal import Multiprocessing

/// What the outermost function on the path drags along.
struct FunctionWeight {
  /// From how many bytes on a function is worth a warning.
  static let limit = 1 << 20

  /// How many functions are on the path.
  var depth = 0
  /// How long the message was when the outermost one began.
  fileprivate var begin = 0
  /// How long it was when each of its variables and globals began, which have been named in `globals`.
  fileprivate var starts: [Int] = []
  fileprivate var globals: [String] = []
  /// What there is to say when the message is complete: the place of the function, and the text.
  fileprivate var warning: (place: String, text: String)?

  /// The places of functions that have been told of.
  fileprivate static let told = SingleThreaded(Set<String>())
}

extension Encoder {
  /// Notes that a function begins.
  @inline(__always)
  mutating func beginWeight() {
    hasOthers = true
    if weight.depth == 0 {
      weight.begin = byteCount
      weight.starts.removeAll(keepingCapacity: true)
      weight.globals.removeAll(keepingCapacity: true)
    }
    weight.depth += 1
  }

  /// Notes that a variable of the innermost function begins.
  @inline(__always)
  mutating func noteVariable() {
    if weight.depth == 1 { weight.starts.append(byteCount) }
  }

  /// Notes that a global, whose name is at an index, begins.
  mutating func noteGlobal(_ stack: OpaquePointer, _ key: Int32) {
    guard weight.depth == 1 else { return }
    weight.starts.append(byteCount)
    weight.globals.append(unsafe LuaState(pointer: stack).string(key))
  }

  /// Notes that the function of a frame is complete.
  @inline(__always)
  mutating func endWeight(_ frame: Frame) {
    weight.depth -= 1
    if weight.depth == 0, byteCount - weight.begin > FunctionWeight.limit { prepareWarning(frame) }
  }

  @inline(never)
  private mutating func prepareWarning(_ frame: Frame) {
    guard weight.warning == nil else { return }
    let state = unsafe LuaState(pointer: frame.stack)
    let place = state.definition(of: frame.table)
    guard !FunctionWeight.told.value.contains(place) else { return }
    var parts: [(name: String, byteCount: Int)] = []
    let variables = weight.starts.count - weight.globals.count
    for (number, start) in weight.starts.enumerated() {
      let end = number + 1 < weight.starts.count ? weight.starts[number + 1] : byteCount
      let name =
        number < variables
        ? "upvalue '\(state.upvalueName(of: frame.table, Int32(number) + 1))'"
        : "global '\(weight.globals[number - variables])'"
      parts.append((name, end - start))
    }
    let total = byteCount - weight.begin
    let shown = parts.filter { $0.byteCount * 100 >= total }.sorted { $0.byteCount > $1.byteCount }
    let list = shown.prefix(8).map { "\($0.name) (\(megabytes($0.byteCount)))" }
    weight.warning = (
      place,
      "the function at \(place) takes \(megabytes(total)) along in a message: "
        + (list.isEmpty ? "its code" : list.joined(separator: ", "))
    )
  }

  /// Says what there is to say once the message is complete.
  mutating func warnOfWeight() {
    guard let warning = weight.warning else { return }
    weight.warning = nil
    if FunctionWeight.told.value.insert(warning.place).inserted {
      Logger.log(.warning, warning.text)
    }
  }

  /// Forgets what was measured of a message that is given up, or of a part that is.
  ///
  /// - Parameter depth: How many functions are left on the path.
  mutating func resetWeight(depth: Int = 0) {
    weight.depth = depth
    if depth == 0 { weight.warning = nil }
  }
}

/// A count of bytes in words: `1.5 MiB`.
private func megabytes(_ byteCount: Int) -> String {
  let tenths = (byteCount * 10 + (1 << 19)) >> 20
  return "\(tenths / 10).\(tenths % 10) MiB"
}
