// Blocks of memory that processes open by name. Python: `multiprocessing.shared_memory.SharedMemory`.

internal import SystemPackage

/// A block of POSIX shared memory: a file in /dev/shm, which any program may open by its name.
///
/// A block lives until somebody calls `unlink`, or until every process of the program tree that made
/// it has ended, in whatever way; unless it was made untracked, then only `unlink` ends it. Ending
/// takes the name away: processes that have the block open keep their memory. A process that merely
/// opened a block never ends it. A child that was forked has the block open too.
public final class SharedMemory {
  /// The name as it was given or made; other programs open the block by it.
  public let name: String
  /// How many bytes the block has.
  public let byteCount: Int
  /// The bytes; none after `close`.
  public private(set) var bytes: MappedBytes
  /// The file's number, which tells the block from a later one of the same name.
  public let number: UInt64
  /// Where it is written down that this program made the block.
  private let slot: Int?

  /// Makes a block, filled with zeros, with memory for all of it.
  ///
  /// - Parameters:
  ///   - name: The name, or nil for `psm_` and 8 random digits.
  ///   - byteCount: More than 0.
  ///   - isTracked: Whether the block ends with the program.
  /// - Throws: `.system` when the name is taken (EEXIST) or /dev/shm or the machine has no room,
  ///   `.valueError` when the name or the size cannot be.
  ///
  /// Python: `SharedMemory(name, create=True, size=byteCount)`.
  public init(
    creating name: String?, byteCount: Int, isTracked: Bool = true
  ) throws(MultiprocessingError) {
    guard byteCount >= 0 else { throw .valueError("'size' must be a positive integer") }
    guard byteCount > 0 else {
      throw .valueError("'size' must be a positive number different from zero")
    }
    try Arena.open()
    // What dead programs left may be what takes the name or the room.
    OwnerRecord.sweepDeadOnce()
    let file = try SharedMemoryFile.make()
    do throws(MultiprocessingError) {
      try file.grow(to: byteCount)
    } catch .system(.noSpace, _) {
      OwnerRecord.sweepDead()
      try file.grow(to: byteCount)
    }
    bytes = try file.map(byteCount)
    self.byteCount = byteCount
    number = file.status.number
    do throws(MultiprocessingError) {
      (self.name, slot) = try Self.link(file, as: name, isTracked: isTracked)
    } catch {
      bytes.unmap()
      throw error
    }
  }

  /// Opens a block that any program made.
  ///
  /// Memory that its maker did not reserve is reserved now, so that writing to it cannot fail later.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - expected: The file's number if it must be that very block, or nil.
  /// - Throws: `.system` when no block has the name (ENOENT) or there is no room, `.valueError` when
  ///   the block is empty.
  ///
  /// Python: `SharedMemory(name)`.
  public init(opening name: String, number expected: UInt64? = nil) throws(MultiprocessingError) {
    let file = try SharedMemoryFile.open(name)
    let status = file.status
    if let expected, status.number != expected {
      throw .system(.noSuchFileOrDirectory, "'/\(name)'")
    }
    guard status.byteCount > 0 else { throw .valueError("cannot mmap an empty file") }
    if status.reservedByteCount < status.byteCount {
      try FileMemory.reserve(file.descriptor, 0, byteCount: status.byteCount)
    }
    bytes = try file.map(status.byteCount)
    self.name = name
    byteCount = status.byteCount
    number = status.number
    slot = nil
  }

  deinit { bytes.unmap() }

  /// Gives up this process's access; the block lives on.
  ///
  /// Python: `SharedMemory.close`.
  public func close() {
    bytes.unmap()
    bytes = .released
  }

  /// Takes the block's name away: nobody can open it any more, and the memory is free when the last
  /// one who has it open closes it or ends.
  ///
  /// - Throws: `.system` (ENOENT) when that was done already, even if another block has the name now.
  ///
  /// Python: `SharedMemory.unlink`.
  public func unlink() throws(MultiprocessingError) {
    try Arena.open()
    try OwnerRecord.remove(name, number: number, slot: slot)
  }

  private static func link(
    _ file: borrowing SharedMemoryFile, as given: String?, isTracked: Bool
  ) throws(MultiprocessingError) -> (name: String, slot: Int?) {
    while true {
      let name = given ?? "psm_\(Randomness.hexDigits(8))"
      do throws(MultiprocessingError) {
        if isTracked { return (name, try OwnerRecord.link(file, as: name)) }
        try file.link(name)
        return (name, nil)
      } catch .system(.fileExists, _) where given == nil {
        continue
      }
    }
  }
}
