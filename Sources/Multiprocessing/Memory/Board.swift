// The processes of a program tree. Python: `multiprocessing.process`'s current process and children.

internal import CLinux
internal import Glibc
internal import SystemPackage

/// All slots together, and which of them is this process.
///
/// An identity is a slot and its generation; it is never a pid alone, and never zero. The proof of
/// life is a robust futex that a process holds from its start to its end: the kernel marks it when
/// the process dies, whatever killed it.
public enum Board {
  // Safe because it changes only at start and right after a fork, when one thread exists.
  private(set) nonisolated(unsafe) static var storedIdentity: UInt32 = 0

  /// This process, or 0 where there is none: before `Arena.open` and after a foreign fork.
  public static var identity: UInt32 {
    @inline(__always) get { unsafe storedIdentity }
  }

  static let deadBit: UInt32 = 0x4000_0000
  static let waitersBit: UInt32 = 0x8000_0000
  static let threadMask: UInt32 = 0x3FFF_FFFF

  static let strangerError = MultiprocessingError.runtime(
    "this process was forked by something other than multiprocessing and cannot use its objects")

  static var ownSlot: Slot { Slot(Int(identity & 0x3FFF)) }

  /// Whether this process began the tree.
  public static var isRoot: Bool { identity != 0 && ownSlot.parent.value == 0 }

  @inline(__always)
  static func slot(of identity: UInt32) -> Slot { Slot(Int(identity & 0x3FFF)) }

  /// Whether the process is running: its slot was not given to another one, and the kernel says
  /// that its life word still has an owner.
  ///
  /// Two loads. A process that is only starting is not.
  @inline(__always)
  public static func isAlive(_ identity: UInt32) -> Bool {
    let slot = slot(of: identity)
    guard slot.generation.load() & 0xFFFF == identity >> 14 & 0xFFFF else { return false }
    let life = slot.life.load()
    return life & deadBit == 0 && life & threadMask != 0
  }

  /// Whether a signal has stopped the process, as Ctrl-Z does.
  static func isStopped(_ identity: UInt32) -> Bool {
    isAlive(identity)
      && ProcessStatus(of: Int32(bitPattern: slot(of: identity).pid.value))?.state == "T"
  }

  /// The name of a process, or nil when its slot has gone to another.
  public static func name(of identity: UInt32) -> String? {
    let slot = slot(of: identity)
    let name = slot.name
    return slot.generation.load() & 0xFFFF == identity >> 14 & 0xFFFF ? name : nil
  }

  /// The name of this process as others see it.
  ///
  /// At most 64 bytes are kept.
  public static var ownName: String {
    get { identity == 0 ? "" : ownSlot.name }
    set { if identity != 0 { ownSlot.name = newValue } }
  }

  /// How many forks lie between the root and this process.
  public static var depth: Int { identity == 0 ? 0 : Int(ownSlot.depth.value) }

  /// Makes this process notice when something else forks it.
  static func watchForks() {
    // Safe to ignore a failure: without the handler a foreign fork merely goes unnoticed.
    _ = clinux_at_fork_in_child { Board.forget() }
  }

  static func becomeRoot() {
    let slot = Slot(1)
    slot.generation.store(1)
    slot.flags.store(1 << 16)
    slot.name = "MainProcess"
    adopt(slot)
    References.markInUse(slot.index, true)
    slot.state.store(SlotState.running(generation: 1))
    watchForks()
  }

  /// Takes the life of a slot, which proves to all others that this process runs.
  static func adopt(_ slot: Slot) {
    slot.pid.value = UInt32(getpid())
    slot.startTime.store(Clock.nanoseconds)
    precondition(
      unsafe clinux_life_lock(slot.lifeMutex) == 0, "robust futexes do not work on this system")
    unsafe storedIdentity = slot.identity
  }

  /// A child that nobody announced is nobody: it has no slot, so it must not touch the arena.
  static func forget() { unsafe storedIdentity = 0 }

  /// Undoes `forget`, for tests.
  static func remember(_ identity: UInt32) { unsafe storedIdentity = identity }
}

/// Bits of a process that others set or read.
public struct ProcessFlags: OptionSet, Sendable {
  /// The bits.
  public let rawValue: UInt32
  /// Makes the set of these bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Somebody asked for a `KeyboardInterrupt` in the process.
  public static let interruptRequested = ProcessFlags(rawValue: 2)
  /// The process that began the tree asked for the stack of the process.
  public static let stackRequested = ProcessFlags(rawValue: 4)
  /// The process answers SIGQUIT; another one would die of it.
  public static let showsStack = ProcessFlags(rawValue: 8)
  /// The process began the tree and ends it: what is starting now ends at once.
  static let endsTree = ProcessFlags(rawValue: 16)
}

extension Board {
  /// The flags of a process; empty when it is gone.
  public static func flags(of identity: UInt32) -> ProcessFlags {
    let word = slot(of: identity).flags.load()
    guard word >> 16 == identity >> 14, isAlive(identity) else { return [] }
    return ProcessFlags(rawValue: word & 0xFFFF)
  }

  /// Sets flags of a process.
  public static func insert(_ flags: ProcessFlags, of identity: UInt32) {
    changeFlags(of: identity) { $0 | flags.rawValue }
  }

  /// Clears flags of a process.
  public static func remove(_ flags: ProcessFlags, of identity: UInt32) {
    changeFlags(of: identity) { $0 & ~flags.rawValue }
  }

  /// Changes nothing when the slot has gone to another process.
  private static func changeFlags(of identity: UInt32, _ change: (UInt32) -> UInt32) {
    let word = slot(of: identity).flags
    while true {
      let seen = word.load()
      guard seen >> 16 == identity >> 14 else { return }
      if word.exchange(seen, for: change(seen)) { return }
    }
  }
}
