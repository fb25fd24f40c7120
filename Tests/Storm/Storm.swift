// Kills processes at random and at every named step, and counts what the others saw of it.

import Multiprocessing

/// The command line: `storm ring SECONDS MAXSIZE BIGGEST`, `storm lock SECONDS`,
/// `storm primitives SECONDS`, `storm references SECONDS`, `storm deadlock SECONDS`, `storm process`,
/// `storm bench`.
///
/// With the trait `FaultInjection` and `MPLUA_FAULT=name:n` set, processes die at that step instead
/// of being killed at random. Ends with code 1 when a check failed.
@main
enum Storm {
  static func main() {
    let words = CommandLine.arguments.dropFirst()
    let numbers = words.dropFirst().map { Double($0) ?? 0 }
    do {
      switch words.first {
      case "ring":
        try RingStorm.run(
          seconds: numbers[0], maxsize: Int(numbers[1]), biggest: Int(numbers[2]))
      case "lock": try LockStorm.run(seconds: numbers[0])
      case "primitives": try PrimitivesStorm.run(seconds: numbers[0])
      case "references": try ReferencesStorm.run(seconds: numbers[0])
      case "deadlock": try DeadlockStorm.run(seconds: numbers[0])
      case "process": try ProcessChecks.run()
      case "large": try ProcessChecks.large()
      case "late": try ProcessChecks.late()
      case "bench": try Bench.run()
      default:
        print("usage: storm ring SECONDS MAXSIZE BIGGEST | lock SECONDS | references SECONDS")
        print("       storm primitives SECONDS | deadlock SECONDS | process | large | late | bench")
      }
    } catch {
      fail("\(error)")
    }
    ProcessEnd.exit(hasFailed ? 1 : 0)
  }
}

// Safe because the storm has one thread.
private nonisolated(unsafe) var storedFailure = false

var hasFailed: Bool { unsafe storedFailure }

/// Reports a broken promise; the storm goes on to show the rest.
func fail(_ text: String) {
  unsafe storedFailure = true
  print("FAILED: \(text)")
}

/// Reports unless the claim holds.
func check(_ claim: Bool, _ text: @autoclosure () -> String) {
  if !claim { fail(text()) }
}
