// Finds the global variables and fields that a function reads, in its bytecode. No Python counterpart.

internal import Glibc

/// The upvalues of a function that hold the table of global variables, by number from 0.
struct EnvironmentUpvalues {
  private var words = SIMD4<UInt64>.zero

  var isEmpty: Bool { words == .zero }

  mutating func insert(_ number: UInt8) {
    words[Int(number >> 6)] |= 1 << UInt64(number & 63)
  }

  func contains(_ number: UInt8) -> Bool {
    words[Int(number >> 6)] & 1 << UInt64(number & 63) != 0
  }
}

/// Reads what `lua_dump` of Lua 5.4 writes.
///
/// A global variable is a field of the upvalue `_ENV`; what reads one is the instruction `GETTABUP`,
/// with the name among the function's constants. Where code takes the table itself, or reads `_G`, any of
/// the constants may be a name. Fields of other things are read by `GETTABUP`, `GETFIELD` and, where they
/// are called as methods, `SELF`; a name behind the first 256 constants is put into a register before.
/// `string.trim` is a `GETTABUP` and at once a `GETFIELD` that puts its result into the same register.
@safe struct Bytecode {
  /// A string of the bytecode: its first byte's offset, and its length.
  struct Name: BitwiseCopyable {
    var offset: Int
    var count: Int
    var use = Use.global
    /// The global that a field is read of and that nothing else is done with.
    var owner: Text?
    /// The libraries that a field may be of.
    var libraries = LibrarySet()

    /// Where a string stands.
    struct Text: BitwiseCopyable {
      var offset: Int
      var count: Int
    }
  }

  /// What a name is read as.
  enum Use: UInt8 {
    case global
    /// A global of which a field is read, and with which nothing else is done.
    case owner
    case field, method
  }

  private let bytes: UnsafeRawBufferPointer
  private var offset = 0
  private let visit: (Name) -> Void

  private enum Failure: Error {
    /// The bytes are not what we think: another version of Lua.
    case format
  }

  /// Calls `visit` with each name that the function or one inside it may read, often more than once.
  ///
  /// - Parameters:
  ///   - bytes: The bytecode. When its format is not the known one, nothing is found.
  ///   - environment: The function's upvalues that hold the global table.
  ///   - visit: Gets the names.
  static func forEachName(
    in bytes: UnsafeRawBufferPointer, environment: EnvironmentUpvalues, _ visit: (Name) -> Void
  ) {
    withoutActuallyEscaping(visit) { visit in
      var reader = unsafe Bytecode(bytes: bytes, visit: visit)
      try? reader.readChunk(environment)
    }
  }

  private init(bytes: UnsafeRawBufferPointer, visit: @escaping (Name) -> Void) {
    unsafe self.bytes = bytes
    self.visit = visit
  }

  /// Signature, version 5.4, official format, a check string, the sizes of three types, two numbers.
  private mutating func readChunk(_ environment: EnvironmentUpvalues) throws(Failure) {
    let head: [UInt8] = [0x1B, 0x4C, 0x75, 0x61, 0x54, 0x00]
    guard unsafe bytes.count > 31, unsafe head.elementsEqual(bytes.prefix(6)),
      unsafe bytes[12] == 4, unsafe bytes[13] == 8, unsafe bytes[14] == 8
    else { throw .format }
    offset = 32
    try readFunction(parent: nil, own: environment)
  }

  /// - Parameters:
  ///   - parent: What the enclosing function's upvalues are; nil for the outermost one.
  ///   - own: The function's own, when they are known.
  /// - Throws: `.format`.
  private mutating func readFunction(
    parent: EnvironmentUpvalues?, own: EnvironmentUpvalues?
  ) throws(Failure) {
    _ = try readString()
    _ = try readUnsigned()
    _ = try readUnsigned()
    try skip(3)
    let codeCount = try readUnsigned()
    let code = offset
    try skip(4 * codeCount)
    let constants = try readConstants()
    var environment = own ?? EnvironmentUpvalues()
    for number in 0..<(try readUnsigned()) {
      let isLocal = try readByte() != 0
      let index = try readByte()
      try skip(1)
      if !isLocal, let parent, parent.contains(index), let number = UInt8(exactly: number) {
        environment.insert(number)
      }
    }
    scan(code, codeCount, constants, environment)
    for _ in 0..<(try readUnsigned()) { try readFunction(parent: environment, own: nil) }
    try skipDebugInformation()
  }

  private func scan(
    _ code: Int, _ count: Int, _ constants: [Name?], _ environment: EnvironmentUpvalues
  ) {
    var takesTable = false
    /// The global that was read by the instruction before, and into which register.
    var last: (name: Name, register: UInt32)?
    for index in 0..<count {
      let instruction = unsafe bytes.loadUnaligned(
        fromByteOffset: code + 4 * index, as: UInt32.self)
      let upvalue = UInt8(truncatingIfNeeded: instruction >> 16)
      let register = instruction >> 7 & 0xFF
      if let global = last {
        last = nil
        if instruction & 0x7F == Bytecode.getField, register == global.register,
          UInt32(upvalue) == register
        {
          visit(global.name, as: .owner)
          visit(
            Int(instruction >> 24), constants, as: .field,
            of: Name.Text(offset: global.name.offset, count: global.name.count))
          continue
        }
        visit(global.name)
      }
      switch instruction & 0x7F {
      case Bytecode.getUpvalue: takesTable = takesTable || environment.contains(upvalue)
      case Bytecode.getTableOfUpvalue:
        let constant = Int(instruction >> 24)
        guard environment.contains(upvalue) else {
          visit(constant, constants, as: .field)
          continue
        }
        guard constant < constants.count, let name = constants[constant] else { continue }
        if name.count == 2, unsafe bytes[name.offset] == UInt8(ascii: "_"),
          unsafe bytes[name.offset + 1] == UInt8(ascii: "G")
        {
          takesTable = true
        }
        last = (name, register)
      case Bytecode.getField: visit(Int(instruction >> 24), constants, as: .field)
      case Bytecode.getMethod where instruction & Bytecode.isConstant != 0:
        visit(Int(instruction >> 24), constants, as: .method)
      default: break
      }
    }
    if let last { visit(last.name) }
    if takesTable { for case let name? in constants { visit(name) } }
    for constant in constants.indices.dropFirst(256) {
      visit(constant, constants, as: .field)
      visit(constant, constants, as: .method)
    }
  }

  private func visit(
    _ constant: Int, _ constants: [Name?], as use: Use, of owner: Name.Text? = nil
  ) {
    guard constant < constants.count, let name = constants[constant] else { return }
    visit(name, as: use, of: owner)
  }

  private func visit(_ name: Name, as use: Use, of owner: Name.Text? = nil) {
    var name = name
    name.use = use
    name.owner = owner
    visit(name)
  }

  private static let getUpvalue: UInt32 = 9
  private static let getTableOfUpvalue: UInt32 = 11
  private static let getField: UInt32 = 14
  private static let getMethod: UInt32 = 20
  /// The bit of an instruction that says that its last operand is a constant.
  private static let isConstant: UInt32 = 1 << 15

  /// The strings among the constants; nil for others.
  private mutating func readConstants() throws(Failure) -> [Name?] {
    let count = try readUnsigned()
    guard unsafe count <= bytes.count - offset else { throw .format }
    var constants: [Name?] = []
    constants.reserveCapacity(count)
    for _ in 0..<count {
      switch try readByte() {
      case 0x04, 0x14: constants.append(try readString())
      case 0x03, 0x13:
        try skip(8)
        constants.append(nil)
      case 0x00, 0x01, 0x11: constants.append(nil)
      default: throw .format
      }
    }
    return constants
  }

  private mutating func skipDebugInformation() throws(Failure) {
    try skip(try readUnsigned())
    for _ in 0..<(try readUnsigned()) {
      _ = try readUnsigned()
      _ = try readUnsigned()
    }
    for _ in 0..<(try readUnsigned()) {
      _ = try readString()
      _ = try readUnsigned()
      _ = try readUnsigned()
    }
    for _ in 0..<(try readUnsigned()) { _ = try readString() }
  }

  /// A length plus one, and the bytes; nil for none.
  private mutating func readString() throws(Failure) -> Name? {
    let size = try readUnsigned()
    guard size > 0 else { return nil }
    let name = Name(offset: offset, count: size - 1)
    try skip(size - 1)
    return name
  }

  /// Seven bits a byte, the highest first; the last has the eighth bit set.
  private mutating func readUnsigned() throws(Failure) -> Int {
    var value = 0
    while true {
      let byte = try readByte()
      guard value < 1 << 48 else { throw .format }
      value = value << 7 | Int(byte & 0x7F)
      if byte & 0x80 != 0 { return value }
    }
  }

  private mutating func readByte() throws(Failure) -> UInt8 {
    guard unsafe offset < bytes.count else { throw .format }
    defer { offset += 1 }
    return unsafe bytes[offset]
  }

  private mutating func skip(_ count: Int) throws(Failure) {
    guard unsafe count <= bytes.count - offset else { throw .format }
    offset += count
  }
}

/// The names that every interpreter has, which never travel.
enum StockGlobals {
  private static let names: [StaticString] = [
    "print", "ipairs", "pairs", "type", "error", "assert", "pcall", "tostring", "tonumber",
    "select", "next", "require", "string", "table", "math", "io", "os", "setmetatable",
    "getmetatable", "rawget", "rawset", "rawequal", "rawlen", "xpcall", "load", "loadfile",
    "dofile", "collectgarbage", "warn", "coroutine", "debug", "utf8", "package", "_G", "_VERSION",
    "__name__", "arg",
  ]

  static func contains(_ name: UnsafeRawBufferPointer) -> Bool {
    guard let start = name.baseAddress else { return true }
    return names.contains { stock in
      unsafe stock.utf8CodeUnitCount == name.count
        && memcmp(stock.utf8Start, start, name.count) == 0
    }
  }
}
