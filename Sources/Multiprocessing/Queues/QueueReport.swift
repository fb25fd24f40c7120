// What tools show of each queue of a tree. Python: none.

/// One queue at one look.
package struct QueueReport: Sendable {
  /// Tells the queue from all others of its tree, earlier and later ones too.
  package struct Identity: Hashable, Sendable {
    let number: UInt32
    let generation: UInt32
  }

  /// Which queue it is.
  package let identity: Identity
  /// What it is and where it was made: `Queue made at jobs.lua:3`.
  package let title: String
  /// How many messages are in it.
  package let depth: Int
  /// How many there may be; nil for any number.
  package let limit: Int?
  /// How many processes wait to put something in.
  package let waitingPutters: Int
  /// How many processes wait to take something out.
  package let waitingGetters: Int
  private let putOrdinal: UInt32
  private let gotOrdinal: UInt32

  /// How many messages were put since an earlier look at the same queue.
  package func putCount(since earlier: QueueReport) -> Int {
    Int(putOrdinal &- earlier.putOrdinal)
  }

  /// How many messages were taken since an earlier look at the same queue.
  package func gotCount(since earlier: QueueReport) -> Int {
    Int(gotOrdinal &- earlier.gotOrdinal)
  }

  /// The queues of the tree whose arena is open, in the order of their numbers; those inside pools
  /// are named after them.
  package static var all: [QueueReport] {
    let objects = (1..<max(1, Arena.header.objectHighWater.load())).lazy.map(
      SharedObject.init(number:))
    var titles = [Arena.header.forkServerRequests.load(): "requests to the fork server"]
    for pool in objects where pool.kind == .pool {
      let board = PoolBoard(pool)
      titles[board.tasksNumber.load()] = "tasks of the Pool" + place(pool)
      titles[board.resultsNumber.load()] = "results of the Pool" + place(pool)
    }
    let waiters = Waiters()
    return objects.filter { $0.kind == .queue }.map { queue in
      QueueReport(queue, title: titles[queue.number] ?? "Queue" + place(queue), waiters)
    }
  }

  private static func place(_ object: SharedObject) -> String {
    object.place.isEmpty ? "" : " made at \(object.place.printable)"
  }

  private init(_ object: SharedObject, title: String, _ waiters: Waiters) {
    let header = Ring(object).header
    identity = Identity(number: object.number, generation: object.generation)
    self.title = title
    limit = header.maxsize.value == 0 ? nil : Int(header.maxsize.value)
    gotOrdinal = Ring.ordinal(header.head.load())
    putOrdinal = Ring.ordinal(header.tail.load())
    // A copy made in the middle of a change may have them the wrong way round.
    depth = max(0, Int(Int32(bitPattern: putOrdinal &- gotOrdinal)))
    waitingPutters = waiters.putters[object.number] ?? 0
    waitingGetters = waiters.getters[object.number] ?? 0
  }

  /// Who waits at which queue, by its number.
  private struct Waiters {
    var putters: [UInt32: Int] = [:]
    var getters: [UInt32: Int] = [:]

    init() {
      for index in 1..<Int(Arena.header.slotLimit.load()) {
        let slot = Slot(index)
        guard SlotState.isRunning(slot.state.load()), Board.isAlive(slot.identity) else { continue }
        let record = WaitRecord(slot: slot)
        for position in 0..<min(record.count, WaitRecord.capacity) {
          let entry = record.entry(position)
          switch entry.operation {
          case .queuePut: putters[entry.object, default: 0] += 1
          case .queueGet, .queueIterate, .poolTask: getters[entry.object, default: 0] += 1
          case .poolResult:
            let pool = SharedObject(number: entry.object)
            guard pool.kind == .pool else { continue }
            getters[PoolBoard(pool).resultsNumber.load(), default: 0] += 1
          default: break
          }
        }
      }
    }
  }
}
