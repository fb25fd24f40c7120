// A list of plain values in a block, in Python's layout. Python:
// `multiprocessing.shared_memory.ShareableList`.

/// A list of fixed length that any program can read and change, Python's too.
///
/// The block holds, 8 bytes each in the machine's order: the count *n*; *n* + 1 offsets of the items
/// in the data; the data; *n* formats of Python's `struct`; then *n* bytes that say what to make of an
/// item. Nothing is synchronised, and a hostile block is an error, never a crash: whatever is read is
/// checked before it is used.
public struct ShareableList {
  /// A value that an item can have.
  public enum Item: Equatable {
    case none
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    /// A string of Python's: UTF-8.
    case text([UInt8])
    /// A byte string of Python's.
    case bytes([UInt8])

    /// What `struct` packs the value as; strings get room for a byte more, rounded up to 8.
    fileprivate var format: String {
      switch self {
      case .none: "xxxxxx?x"
      case .boolean: "xxxxxxx?"
      case .integer: "q"
      case .number: "d"
      case .text(let bytes), .bytes(let bytes): "\(8 * (bytes.count / 8 + 1))s"
      }
    }

    fileprivate var room: Int {
      switch self {
      case .text(let bytes), .bytes(let bytes): 8 * (bytes.count / 8 + 1)
      default: 8
      }
    }

    fileprivate var kind: UInt8 {
      switch self {
      case .text: 1
      case .bytes: 2
      case .none: 3
      default: 0
      }
    }

    fileprivate var string: [UInt8]? {
      switch self {
      case .text(let bytes), .bytes(let bytes): bytes
      default: nil
      }
    }

    /// The 8 bytes of a value that is no string.
    fileprivate var word: UInt64 {
      switch self {
      case .integer(let value): UInt64(bitPattern: Int64(value))
      case .number(let value): value.bitPattern
      case .boolean(let value): value ? UInt64(bigEndian: 1) : 0
      default: 0
      }
    }
  }

  /// The block.
  public let memory: SharedMemory

  /// What was found in a block where a list was expected.
  private var damaged: MultiprocessingError {
    memory.bytes.isReleased
      ? .valueError("the shared memory '\(memory.name)' is closed")
      : .valueError("the shared memory '\(memory.name)' holds no ShareableList")
  }

  /// Makes a block for the items and stores them.
  ///
  /// - Throws: `.valueError` for a string of 10,000,000 bytes or more, and as a `SharedMemory` that
  ///   is made.
  public init(_ items: [Item], name: String?) throws(MultiprocessingError) {
    var offsets = [0]
    for item in items {
      guard item.format.utf8.count <= 8 else {
        throw .valueError("a string in a ShareableList has less than 10000000 bytes")
      }
      offsets.append((offsets.last ?? 0) + item.room)
    }
    let count = items.count
    let start = 8 * (count + 2)
    let formats = start + (offsets.last ?? 0)
    memory = try SharedMemory(creating: name, byteCount: formats + 9 * count)
    memory.bytes.setWord(UInt64(count), at: 0)
    for (position, offset) in offsets.enumerated() {
      memory.bytes.setWord(UInt64(offset), at: 8 * (position + 1))
    }
    for (position, item) in items.enumerated() {
      write(item.format, at: formats + 8 * position)
      memory.bytes[formats + 8 * count + position] = item.kind
      write(item, at: start + offsets[position], room: item.room)
    }
  }

  /// Makes a block with a copy of another list, whose strings keep the room that they have there.
  ///
  /// - Throws: `.valueError` when the other block is closed or holds something else, and as a
  ///   `SharedMemory` that is made.
  public init(copying list: ShareableList, name: String?) throws(MultiprocessingError) {
    _ = try list.place(of: 0)
    guard let bytes = list.memory.bytes.bytes(0..<list.memory.byteCount) else {
      throw list.damaged
    }
    memory = try SharedMemory(creating: name, byteCount: bytes.count)
    memory.bytes.copy(from: bytes, to: 0)
  }

  /// Opens the list in a block.
  public init(opening name: String, number: UInt64? = nil) throws(MultiprocessingError) {
    memory = try SharedMemory(opening: name, number: number)
    _ = try place(of: 0)
  }

  /// The list in a block that is open already.
  public init(in memory: SharedMemory) { self.memory = memory }

  /// How many items there are.
  public func count() throws(MultiprocessingError) -> Int { try integer(at: 0) }

  /// The value of an item, counting from 0; zero bytes at the end of a string are lost.
  ///
  /// - Throws: `.valueError` when the block is closed or holds something else.
  public func item(_ position: Int) throws(MultiprocessingError) -> Item {
    let place = try place(of: position)
    let format = try format(at: place)
    if format.hasSuffix("s") {
      guard let byteCount = Int(format.dropLast()), byteCount >= 0,
        place.data <= memory.byteCount - byteCount,
        var bytes = memory.bytes.bytes(place.data..<(place.data + byteCount))
      else { throw damaged }
      while bytes.last == 0 { bytes.removeLast() }
      return memory.bytes[place.kind] == 1 ? .text(bytes) : .bytes(bytes)
    }
    guard let word = memory.bytes.word(at: place.data) else { throw damaged }
    switch format {
    case "q": return .integer(Int(Int64(bitPattern: word)))
    case "d": return .number(Double(bitPattern: word))
    case "xxxxxxx?": return .boolean(memory.bytes[place.data + 7] != 0)
    case "xxxxxx?x": return .none
    default: throw damaged
    }
  }

  /// Changes an item, counting from 0; its type may change, a string must fit the room that the item
  /// got when the list was made.
  ///
  /// - Throws: `.valueError` when it does not fit, the block is closed or holds something else.
  public func setItem(_ position: Int, to item: Item) throws(MultiprocessingError) {
    let place = try place(of: position)
    var format = item.format
    if let string = item.string {
      guard string.count <= place.room else {
        throw .valueError("bytes/str item exceeds available storage")
      }
      let present = try self.format(at: place)
      format = present.hasSuffix("s") ? present : "\(place.room)s"
    }
    write(format, at: place.format)
    memory.bytes[place.kind] = item.kind
    write(item, at: place.data, room: place.room)
  }

  /// The formats of all items together.
  ///
  /// Python: `ShareableList.format`.
  public func format() throws(MultiprocessingError) -> String {
    var text = ""
    for position in 0..<(try count()) { text += try format(at: place(of: position)) }
    return text
  }

  /// Where the parts of an item are.
  private struct Place {
    let data: Int
    let room: Int
    let format: Int
    let kind: Int
  }

  /// Finds an item; its 8 bytes of data at least, its format and its kind exist.
  ///
  /// The place after the last item is found too, if the list is whole.
  private func place(of position: Int) throws(MultiprocessingError) -> Place {
    let count = try count()
    // Nine bytes and an offset for each item, so that nothing below can overflow.
    guard position >= 0, position <= count, count <= memory.byteCount / 17 else { throw damaged }
    let start = 8 * (count + 2)
    let end = try integer(at: 8 * (count + 1))
    guard end >= 0, end <= memory.byteCount - start - 9 * count else { throw damaged }
    let formats = start + end
    let kind = formats + 8 * count + position
    guard position < count else {
      return Place(data: formats, room: 0, format: formats, kind: kind)
    }
    let offset = try integer(at: 8 * (position + 1))
    let next = try integer(at: 8 * (position + 2))
    guard offset >= 0, next <= end, offset <= next - 8 else { throw damaged }
    return Place(
      data: start + offset, room: next - offset, format: formats + 8 * position, kind: kind)
  }

  private func integer(at position: Int) throws(MultiprocessingError) -> Int {
    guard let word = memory.bytes.word(at: position) else { throw damaged }
    return Int(Int64(bitPattern: word))
  }

  private func format(at place: Place) throws(MultiprocessingError) -> String {
    guard let bytes = memory.bytes.bytes(place.format..<(place.format + 8)) else { throw damaged }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  private func write(_ format: String, at position: Int) {
    write(padded: Array(format.utf8), to: 8, at: position)
  }

  private func write(_ item: Item, at position: Int, room: Int) {
    if let string = item.string {
      write(padded: string, to: room, at: position)
    } else {
      memory.bytes.setWord(item.word, at: position)
    }
  }

  /// Writes bytes and zeros behind them.
  private func write(padded bytes: [UInt8], to count: Int, at position: Int) {
    memory.bytes.copy(from: bytes, to: position)
    memory.bytes.fill((position + bytes.count)..<(position + count), with: 0)
  }
}
