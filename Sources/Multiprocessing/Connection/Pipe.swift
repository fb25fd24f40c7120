// Makes pipes. Python: `multiprocessing.Pipe`.

/// Makes a pair of connected ends.
public enum Pipe {
  /// Makes a pipe whose ends this process holds.
  ///
  /// - Parameter isDuplex: Whether both ends send and receive; else the first only receives and the
  ///   second only sends.
  /// - Returns: Both ends.
  /// - Throws: `.system` when there are no descriptors left.
  ///
  /// Python: `Pipe(duplex=True)`.
  public static func make(isDuplex: Bool = true) throws(MultiprocessingError)
    -> (Connection, Connection)
  {
    let (one, other) = try PacketSocket.makePair()
    do throws(MultiprocessingError) {
      let first = try SharedObject.create(.pipe)
      do throws(MultiprocessingError) {
        let second = try SharedObject.create(.pipe)
        PipeEnd(first).connect(to: second)
        PipeEnd(second).connect(to: first)
        return (
          Connection(
            descriptor: one, direction: isDuplex ? .both : .receive, end: first, peer: second),
          Connection(
            descriptor: other, direction: isDuplex ? .both : .send, end: second, peer: first)
        )
      } catch {
        first.release()
        throw error
      }
    } catch {
      PacketSocket.close(one)
      PacketSocket.close(other)
      throw error
    }
  }
}
