// What all storms need: shared counters, random numbers, short sleeps between kills.

import Glibc
import Multiprocessing
import Synchronization

/// Counters that all processes of a storm share, outside the arena under test.
@safe struct Counters: @unchecked Sendable {
  // Safe because every access is atomic.
  private let base: UnsafeMutablePointer<Atomic<UInt64>>

  /// Maps so many counters, all zero; memory appears when touched.
  init(count: Int) {
    let memory = unsafe mmap(
      nil, count * 8, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
      fatalError("no memory for counters")
    }
    unsafe base = memory.assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  subscript(_ index: Int) -> UInt64 {
    get { unsafe base[index].load(ordering: .sequentiallyConsistent) }
    nonmutating set { unsafe base[index].store(newValue, ordering: .sequentiallyConsistent) }
  }

  func add(_ index: Int, _ amount: UInt64 = 1) {
    unsafe base[index].wrappingAdd(amount, ordering: .sequentiallyConsistent)
  }

  /// Sets bits and returns what was there.
  func insert(_ index: Int, _ bits: UInt64) -> UInt64 {
    unsafe base[index].bitwiseOr(bits, ordering: .sequentiallyConsistent).oldValue
  }

  /// Clears bits.
  func remove(_ index: Int, _ bits: UInt64) {
    unsafe base[index].bitwiseAnd(~bits, ordering: .sequentiallyConsistent)
  }
}

/// A small generator; each process has its own.
struct Random {
  private var state: UInt32

  init(seed: UInt32) { state = seed &* 2_654_435_761 | 1 }

  mutating func next(below bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 17
    state ^= state << 5
    return Int(state >> 4) % max(1, bound)
  }
}

/// Rests between two kills; nothing is ordered by it.
func rest(microseconds: Int) {
  var time = timespec(tv_sec: 0, tv_nsec: microseconds * 1000)
  _ = unsafe nanosleep(&time, nil)
}

/// How the storm's own process ends.
enum ProcessEnd {
  static func exit(_ code: Int32) -> Never {
    fflush(nil)
    Glibc.exit(code)
  }
}

/// Whether processes die at a named step, so that nobody need be killed at random.
let isInjectingFaults = unsafe getenv("MPLUA_FAULT") != nil

/// The step at which processes die, as `MPLUA_FAULT` names it.
var faultName: String { unsafe getenv("MPLUA_FAULT").map { unsafe String(cString: $0) } ?? "" }

/// How many processes died there.
var faultCount: UInt64 {
  #if FaultInjection
  FaultPoint.deathCount
  #else
  0
  #endif
}

let killSignal = SIGKILL
