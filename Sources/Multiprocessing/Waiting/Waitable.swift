// What `mp.wait` can wait for. Python: the objects that `connection.wait` takes.

internal import Glibc
internal import SystemPackage

/// Something that becomes ready.
public enum Waitable {
  /// Ready when a message or the end has come.
  case connection(Connection)
  /// Ready when the process has ended; the descriptor is its sentinel.
  case process(identity: UInt32, sentinel: Int32)
  /// Ready when it can be read, is at its end or has failed. Anything may make it so.
  case descriptor(Int32)
  /// A queue is ready when it has a message or was shut down, an event when it is set.
  case object(SharedObject)

  /// What there is to poll; -1 for an object of the arena.
  var descriptor: Int32 {
    switch self {
    case .connection(let connection): connection.descriptor
    case .process(_, let sentinel): sentinel
    case .descriptor(let descriptor): descriptor
    case .object: -1
    }
  }

  /// The record of the wait; nil for what may become ready by anybody's hand.
  var entry: WaitEntry? {
    switch self {
    case .connection(let connection):
      WaitEntry(
        operation: .connectionReceive, object: connection.end.number,
        word: PipeEnd(connection.end).arrivals)
    case .process(let identity, _):
      WaitEntry(operation: .processJoin, object: identity, word: nil)
    case .descriptor:
      nil
    case .object(let object):
      PolledObject(object).entry
    }
  }
}

/// A queue or an event that a process polls together with other things.
struct PolledObject {
  private let object: SharedObject
  /// How many announcements there were before the last look.
  private var heard: UInt32 = 0

  init(_ object: SharedObject) { self.object = object }

  private var isEvent: Bool { object.kind == .event }

  var entry: WaitEntry {
    WaitEntry(
      operation: isEvent ? .eventWait : .queueGet, object: object.number,
      word: isEvent ? Event(object).change : Futex.Watch(Ring(object).header.notEmpty.sequence))
  }

  private var announcements: UInt32 {
    isEvent ? Event(object).announcements : Ring(object).header.notEmpty.sequence.load()
  }

  /// Says that this process polls the object, before it looks.
  mutating func announcePoller() {
    heard = announcements
    if isEvent {
      Event(object).announcePoller()
    } else {
      Ring(object).header.notEmpty.announcePoller()
    }
  }

  var isReady: Bool {
    isEvent ? Event(object).isSet : Ring(object).count > 0 || Ring(object).isShutDown
  }

  /// Whether nobody is about to announce what is ready now.
  ///
  /// Asked in this order: who committed and let go has announced it before.
  var isSilent: Bool {
    if !isEvent, Ring(object).header.putWord.isHeld { return false }
    return announcements == heard
  }
}
