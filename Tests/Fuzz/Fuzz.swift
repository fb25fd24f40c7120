// Fuzzes the decoder: `fuzz SECONDS [SEED]` mutates valid messages and decodes them.

import CLua
import CLuaBridge
import LuaMultiprocessing

/// What a run may use of Lua's heap above what it began with.
///
/// A message has at most `longest` bytes, and one byte of it makes at most about 80 bytes of
/// tables.
private let memoryBound = 8 << 20
private let longest = 8 << 10

@main
enum Fuzz {
  static func main() throws(LuaError) {
    let arguments = CommandLine.arguments
    guard arguments.count > 1, let seconds = Double(arguments[1]) else {
      print("usage: fuzz SECONDS [SEED]")
      return
    }
    let seed = arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : UInt64.random(in: 1...(.max))
    print("seed \(seed)")
    var run = try Run(random: Random(state: seed))
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    while clock.now < end {
      for _ in 0..<100 { try run.step() }
    }
    print("\(run.messages) messages: \(run.values) values, \(run.messages - run.values) errors")
  }
}

/// A generator of random numbers that a seed repeats: SplitMix64.
struct Random: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

struct Run {
  var random: Random
  private(set) var messages = 0
  private(set) var values = 0
  private let state: LuaState
  /// The registry's reference to the function that compares two values.
  private let comparison: Int32
  /// Messages that decoded, to be mutated further.
  private var corpus: [[UInt8]] = [[0x00]]

  init(random: Random) throws(LuaError) {
    self.random = random
    guard let state = LuaMemory.makeState() else { fatalError("no memory") }
    self.state = state
    try state.openLibraries()
    guard unsafe luaL_loadstring(state.pointer, same) == LUA_OK else {
      fatalError(state.string(-1))
    }
    comparison = state.keep()
  }

  /// Decodes one mutated message; a value that comes out must survive another round.
  mutating func step() throws(LuaError) {
    let message = mutated()
    messages += 1
    let memory = LuaMemory(of: state)
    state.setTop(0)
    if messages % 64 == 0 { unsafe cluabridge_collect(state.pointer) }
    let before = memory.used
    do {
      try decode(message)
    } catch {
      guard case .object(.serializationError, _) = error, state.top == 0 else {
        fail("unexpected error \(error), \(state.top) values left", message)
      }
      guard memory.used - before < memoryBound else { fail("too much memory", message) }
      return
    }
    guard memory.used - before < memoryBound else { fail("too much memory", message) }
    guard state.top == 1 else { fail("\(state.top) values", message) }
    values += 1
    try decode(encoded(1))
    state.rawGet(LuaState.registry, Int(comparison))
    state.insert(1)
    do { try state.call(arguments: 2, results: 1) } catch { fail(state.string(-1), message) }
    guard state.boolean(-1) else { fail("another value the second time", message) }
    if corpus.count < 2000 {
      corpus.append(message)
    } else {
      corpus[Int.random(in: 0..<corpus.count, using: &random)] = message
    }
  }

  private func decode(_ message: [UInt8]) throws(LuaError) {
    // A block of exactly the message's size, so that a sanitizer sees reads beyond it.
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: message.count, alignment: 1)
    defer { unsafe bytes.deallocate() }
    unsafe bytes.copyBytes(from: message)
    try unsafe Decoder.decode(state, bytes: UnsafeRawBufferPointer(bytes), from: .foreign)
  }

  private func encoded(_ index: Int32) throws(LuaError) -> [UInt8] {
    try Encoder.use(state) { encoder throws(LuaError) in
      try encoder.encode(state, index)
      return unsafe [UInt8](unsafeUninitializedCapacity: encoder.byteCount) { bytes, count in
        if let start = bytes.baseAddress { unsafe encoder.copy(to: start) }
        count = encoder.byteCount
      }
    }
  }

  private mutating func mutated() -> [UInt8] {
    var message = corpus[below(corpus.count)]
    for _ in 0...below(4) {
      let at = below(message.count + 1)
      switch below(9) {
      case 0: if at < message.count { message[at] ^= 1 << UInt8(below(8)) }
      case 1: if at < message.count { message[at] = interesting() }
      case 2: message.insert(interesting(), at: at)
      case 3: message.removeSubrange(at..<min(message.count, at + below(8)))
      case 4: message.insert(contentsOf: corpus[below(corpus.count)], at: at)
      case 5: message = wrapped(message)
      case 6:
        message.insert(contentsOf: [0x0B, UInt8(below(32)), 0, 0, 0], at: at)
      case 7: message.insert(contentsOf: (0..<below(20)).map { _ in interesting() }, at: at)
      default:
        let other = corpus[below(corpus.count)]
        message = Array(message[..<at] + other[below(other.count)...])
      }
    }
    return message.isEmpty ? [0] : Array(message.prefix(longest))
  }

  /// A table with the message as its only value, or as key and value, so that most messages stay
  /// valid.
  private mutating func wrapped(_ message: [UInt8]) -> [UInt8] {
    switch below(4) {
    case 0: [0x10 | UInt8(below(2) * 0x20), 1] + message
    case 1: [0x10, 2] + message + corpus[below(corpus.count)]
    case 2: [0x12, 1, 0, 0, 0, 0x41, UInt8(ascii: "k")] + message
    default: [0x13, 1, 0, 0, 0, 1, 0, 0, 0] + message + [0x41, UInt8(ascii: "k"), 0x01]
    }
  }

  private mutating func interesting() -> UInt8 {
    below(3) == 0 ? UInt8(below(256)) : UInt8(below(0x44))
  }

  private mutating func below(_ bound: Int) -> Int {
    bound > 0 ? Int.random(in: 0..<bound, using: &random) : 0
  }

  private func fail(_ problem: String, _ message: [UInt8]) -> Never {
    fatalError("\(problem), in message \(messages): \(message)")
  }
}

/// Lua: whether two values are the same but for the identity of tables.
///
/// Tables that are keys are only counted.
private let same = """
  local next, type, rawget = next, type, rawget
  local a, b = ...
  local there, back, work = {}, {}, {}
  local function pair(v, w)
    if type(v) ~= "table" or type(w) ~= "table" then
      if v ~= v then return w ~= w end
      return v == w and (v ~= 0 or 1 / v == 1 / w)
    end
    if there[v] or back[w] then return there[v] == w and back[w] == v end
    there[v], back[w] = w, v
    work[#work + 1] = v
    return true
  end
  if not pair(a, b) then return false end
  while #work > 0 do
    local x = work[#work]
    work[#work] = nil
    local y, count = there[x], 0
    for k, v in next, x do
      count = count + 1
      if type(k) ~= "table" and not pair(v, rawget(y, k)) then return false end
    end
    for _ in next, y do count = count - 1 end
    if count ~= 0 then return false end
  end
  return true
  """
