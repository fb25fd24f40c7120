// The named steps at which tests kill a process. No counterpart in Python.

internal import Glibc

/// A step of a protocol after which a sudden death must leave everybody else working.
///
/// With the package trait `FaultInjection`, `MPLUA_FAULT=name:n` kills a process at that step once
/// in `n` times; the root of the tree is spared unless `MPLUA_FAULT_ROOT=1`. Without the trait a
/// step compiles to nothing.
public enum FaultPoint: String, CaseIterable, Sendable {
  case lockAcquired, lockMarked, lockReleasing
  case ringPutLocked, ringBeforeGrow, ringRegionAllocated, ringRegionReserved, ringSegmentPublished
  case ringReserved, ringFrameBegun, ringFilled, ringCommitted, ringPutWoken, ringPutDone
  case ringGetLocked, ringRegionLeft, ringRegionPunched, ringTaking, ringTaken, ringHeadCommitted
  case ringGetWoken, ringShrinking, ringShrinkPublished, ringShrunk, ringShutDown
  case arenaLocked, objectBitSet, objectMade, objectBitCleared, objectBlocksFreed, objectFreed
  case objectPunched
  case messageWritten, messageOwned, messageTaking, messageAccepted, messageDisowned, messageTaken
  case blockTaken, blockLinked, blockFreed
  case processNoted
  case semaphoreRecorded, semaphoreTaken, semaphoreStruck, semaphoreRaised, semaphoreWoken
  case semaphoreMarked, semaphoreReturned
  case eventSet, eventWoken, eventMarked
  case conditionEnlisted, conditionUnlocked, conditionGranted, conditionNotified, conditionPassing
  case conditionWoken, conditionRetaken, conditionLeft
  case barrierArrived, barrierActing, barrierPassing, barrierMarked, barrierOpened, barrierBreaking
  case barrierResetting, barrierWoken, barrierLeft
  case startSlotChosen, startRowCopied, startStarting, startForked, startClaimed, startAlive
  case startRunning
  case startSpawned, startExecuted, startPrepared, startReceived
  case serverTaken, serverForked, serverAnswered, serverEnding, serverReported
  case requestPut, requestAnswered
  case relayStarted, relayNoted, relayOrdered, relayTold, relayEnding
  case pipePacketSent, pipePacketTaken
  case depotPut, depotCopied, depotMoving, depotMoved, depotDropped
  case memoryRecorded, memoryNamed, memoryUnnamed
  case valueLocked
  case poolInitializing, poolClaiming, poolClaimed, poolTaken, poolRunning, poolReturning
  case poolReturned, poolCleared
  case traceWriting, traceWritten
  case sweepClaimed, sweepMessagesSettled, sweepRowCleared, sweepWoken, sweepFreed

  /// Dies here if the environment says so.
  @inline(__always)
  static func hit(_ point: FaultPoint) {
    #if FaultInjection
    FaultInjector.hit(point)
    #endif
  }

  #if FaultInjection
  /// How many processes of the tree died at the step that was asked for.
  public static var deathCount: UInt64 { Arena.isOpen ? Arena.header.faultCount.load() : 0 }
  #endif

  /// Turns fault injection off or on in this process, so that a test can spare its own bookkeeping.
  public static func setArmed(_ isArmed: Bool) {
    #if FaultInjection
    unsafe FaultInjector.isArmed = isArmed
    #endif
  }
}

#if FaultInjection
enum FaultInjector {
  // Safe because a process of the tree has one thread.
  nonisolated(unsafe) static var isArmed = true
  // Safe because a process of the tree has one thread.
  private nonisolated(unsafe) static var random: UInt32 = 0
  // Safe because a process of the tree has one thread.
  private nonisolated(unsafe) static var seededFor: Int32 = 0

  private static let asked: (point: FaultPoint, denominator: UInt32)? = {
    guard let text = unsafe getenv("MPLUA_FAULT") else { return nil }
    let parts = unsafe String(cString: text).split(separator: ":")
    guard let name = parts.first, let point = FaultPoint(rawValue: String(name)) else {
      return nil
    }
    return (point, parts.count > 1 ? UInt32(parts[1]) ?? 1 : 1)
  }()
  private static let sparesRoot = unsafe getenv("MPLUA_FAULT_ROOT") == nil

  static func hit(_ point: FaultPoint) {
    guard let asked, asked.point == point, unsafe isArmed else { return }
    if sparesRoot && Board.isRoot { return }
    if unsafe seededFor != getpid() {
      unsafe seededFor = getpid()
      unsafe random = UInt32(bitPattern: getpid()) &* 2_654_435_761 | 1
    }
    unsafe random ^= random << 13
    unsafe random ^= random >> 17
    unsafe random ^= random << 5
    if unsafe random % max(1, asked.denominator) == 0 {
      if Arena.isOpen { Arena.header.faultCount.add(1) }
      kill(getpid(), SIGKILL)
    }
  }
}
#endif
