// The message ring behind a queue. Python: `multiprocessing.queues.Queue` and its pipe.

internal import SystemPackage

/// A growable ring of messages with a lock for each side, safe against the death of any process at
/// any instant.
///
/// Everything before the store that commits a message is invisible, and everything after it is a
/// hint. Growing publishes a new segment at the tail, nothing is copied; live segments have rising
/// classes, so each class needs one region. Nobody sleeps holding a lock. Locks nest in the order
/// get side, put side, arena.
@safe struct Ring: Sendable {
  /// Segments of class c hold 2^c units of 16 bytes: 64 KiB to 16 GiB.
  static let classes = 12...30
  /// As much as this class holds (8 MiB) a drained ring keeps, so steady traffic costs no faults.
  static let keptClass = 19
  /// A ring that must grow again soon after it gave a region back keeps up to this class (64 MiB).
  static let mostKeptClass = 22
  /// How soon that is, in nanoseconds.
  static let soon: UInt64 = 1_000_000_000
  static let gapMark: UInt32 = 0xFFFF_FFFF
  static let largestMessage = 0xFFFF_FFF0
  /// Turned in the ordinal of a frame whose message carries references; the bytes then begin with
  /// the mark of its entry.
  static let carrierBit: UInt32 = 0x8000_0000
  static let markByteCount = 8

  let header: RingHeader

  /// The ring of a queue's entry.
  init(_ object: SharedObject) { header = RingHeader(block: Block(number: object.payload.value)) }

  /// Makes an empty queue that this process holds.
  static func create(maxsize: Int) throws(MultiprocessingError) -> SharedObject {
    try SharedObject.create(.queue, payloadClass: 12) { (object) throws(MultiprocessingError) in
      let header = RingHeader(block: Block(number: object.payload.value))
      let region = try Blocks.take(ofClass: classes.lowerBound + 4, owner: object.number)
      header.link(region, ofClass: classes.lowerBound)
      FaultPoint.hit(.blockLinked)
      header.maxsize.value = maxsize <= 0 ? 0 : UInt32(clamping: maxsize)
      header.object.value = object.number
      header.notEmpty.object.value = object.number
      header.keptClass.value = UInt32(keptClass)
      for k: UInt32 in 1..<32 { header.segment(k).value = 0xFF_FFFF }
      header.segment(0).value = Segment(base: 0, ringClass: classes.lowerBound, k: 0).bits
    }
  }

  /// One 64-bit word of the segment list: where a segment begins, its class and its number.
  struct Segment {
    let bits: UInt64

    @inline(__always)
    init(bits: UInt64) { self.bits = bits }

    @inline(__always)
    init(base: UInt32, ringClass: Int, k: UInt32) {
      bits = UInt64(base) << 32 | UInt64(ringClass) << 24 | UInt64(k & 0xFF_FFFF)
    }

    var base: UInt32 { @inline(__always) get { UInt32(truncatingIfNeeded: bits >> 32) } }
    var ringClass: Int { @inline(__always) get { Int(bits >> 24 & 0xFF) } }
    var capacity: UInt32 { @inline(__always) get { 1 << UInt32(bits >> 24 & 31) } }

    /// Whether the word holds segment `k`, and not one that is 32 older.
    @inline(__always)
    func isNumber(_ k: UInt32) -> Bool {
      UInt32(truncatingIfNeeded: bits & 0xFF_FFFF) == k & 0xFF_FFFF
    }
  }

  @inline(__always)
  static func ordinal(_ mark: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: mark >> 32) }
  @inline(__always)
  static func position(_ mark: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: mark) }
  @inline(__always)
  static func mark(ordinal: UInt32, position: UInt32) -> UInt64 {
    UInt64(ordinal) << 32 | UInt64(position)
  }

  /// The units that a message takes: an 8-byte head and the bytes.
  @inline(__always)
  static func units(byteCount: Int) -> UInt32 { UInt32(truncatingIfNeeded: (byteCount &+ 23) >> 4) }

  @inline(__always)
  func frame(_ unit: UInt32, ofClass ringClass: Int) -> UnsafeMutableRawPointer {
    let offset = Int(truncatingIfNeeded: header.regionOffset(ofClass: ringClass).value)
    return unsafe Arena.base + offset + Int(unit) &* 16
  }
}

extension Ring {
  /// How many messages are in the ring, exactly, at one instant during the call.
  var count: Int {
    while true {
      let head = header.head.load()
      let tail = header.tail.load()
      if header.head.load() == head { return Int(Ring.ordinal(tail) &- Ring.ordinal(head)) }
    }
  }

  /// Whether a put was ever begun.
  var wasUsed: Bool { header.lastPutter.load() != 0 }

  var maxsize: Int { Int(header.maxsize.value) }

  var diagnosis: String {
    "grown \(header.growCount.value), shrunk \(header.shrinkCount.value), "
      + "abandoned \(header.abandonedCount.value)"
  }
}
