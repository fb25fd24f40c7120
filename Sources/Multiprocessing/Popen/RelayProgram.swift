// The program of a process that passes on another one's output. Python: none.

internal import Glibc

/// What a relay is given, in a queue of the arena: it is freed with the relay, however that ends.
struct RelayOrder: Equatable {
  var mode: OutputMode
  /// The name of the process whose output it is.
  var name: String

  /// Puts the order into a queue of its own, together with the lock that lines are written under.
  ///
  /// - Returns: The queue, which this process holds.
  /// - Throws: `.system` when the arena is full.
  func put() throws(MultiprocessingError) -> Queue {
    let lock = try Output.makeLock()
    let queue = try Queue()
    do throws(MultiprocessingError) {
      try queue.put(bytes: bytes, carrying: [lock.object])
      return queue
    } catch {
      queue.release()
      throw error
    }
  }

  /// The order as a message.
  var bytes: [UInt8] { [UInt8(mode == .group ? 1 : 0)] + name.utf8 }
}

extension RelayOrder {
  /// Reads what `bytes` gave; nil for anything else.
  init?(bytes: [UInt8]) {
    guard let first = bytes.first, first <= 1 else { return nil }
    self.init(
      mode: first == 1 ? .group : .prefix,
      name: String(decoding: bytes.dropFirst(), as: UTF8.self))
  }
}

/// This process, if another one of its tree started it to pass on a child's output.
public enum RelayProgram {
  /// The option that says so.
  static let option = "--multiprocessing-output"

  /// What a relay finds open beside its own ends: the arena and what goes with it.
  static var inherited: [Int32] {
    ([Arena.file, Trace.descriptor] + Depot.descriptors).filter { $0 >= 0 }
  }

  /// The command of a relay: the arena, its place on the board, the queue with its order, its ends.
  static func arguments(_ identity: UInt32, _ order: Queue, _ ends: [Int32]) -> [String] {
    [ProgramRun.ownName, option, "\(Arena.file)", "\(identity)", "\(order.object.number)"]
      + ends.map { "\($0)" }
  }

  /// Whether the program's arguments say that it is a relay.
  ///
  /// Whoever types the option gets what any unknown option gets: the arguments must name the memory of
  /// a program tree.
  public static func isMeant(by arguments: [[UInt8]]) -> Bool {
    numbers(arguments).map { Arena.isArena($0[0]) } ?? false
  }

  private static func numbers(_ arguments: [[UInt8]]) -> [Int32]? {
    guard arguments.count == 8, arguments[1] == Array(option.utf8) else { return nil }
    let numbers = arguments.dropFirst(2).compactMap {
      Int32(String(decoding: $0, as: UTF8.self))
    }
    return numbers.count == 6 ? numbers : nil
  }

  /// Passes on what the process writes, until nobody is left who could write.
  public static func run(_ arguments: [[UInt8]]) -> Never {
    // It ends with those whose output it shows, their last words included, and hears of a reader that
    // has gone, or of a file that is full, when it writes.
    for signal in [SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGPIPE, SIGXFSZ] {
      _ = Glibc.signal(signal, SIG_IGN)
    }
    StandardDescriptors.occupy()
    guard let numbers = numbers(arguments), Arena.attach(numbers[0]),
      Board.claim(UInt32(bitPattern: numbers[1])), !Board.isTreeEnding,
      let order = takeOrder(UInt32(bitPattern: numbers[2]))
    else { ProcessCalls.exitNow(255) }
    let ends = numbers[3...]
    // A file that the starter had open, and that every program inherits, is not to stay open for this.
    Descriptor.closeAll(except: inherited + ends)
    ProgramRun.takeName()
    var loop = RelayLoop(
      order.mode, of: order.name.printable, output: numbers[3], errors: numbers[4],
      link: numbers[5])
    loop.run()
    ProcessCalls.exitNow(0)
  }

  private static func takeOrder(_ number: UInt32) -> RelayOrder? {
    guard number > 0, number < Arena.header.objectHighWater.load() else { return nil }
    let object = SharedObject(number: number)
    guard object.kind == .queue, object.isRetained, let message = Queue(object).takeBytes() else {
      return nil
    }
    if let lock = message.references.first { Output.adopt(lock) }
    Queue(object).release()
    FaultPoint.hit(.relayOrdered)
    return RelayOrder(bytes: message.bytes)
  }
}
