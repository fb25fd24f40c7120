// What a process writes into instead of its parent's standard streams. Python: none.

internal import SystemPackage

/// The ends of the pipes to a relay that the process to be started gets, and its starter's link.
///
/// None is inherited by programs. A process that is forked closes what it does not use in `takeOver`.
public struct OutputEnds {
  /// What becomes standard output.
  let output: Int32
  /// What becomes standard error.
  let errors: Int32
  /// The starter's end of the link to the relay, which the process has no use for; -1 for none.
  var link: Int32 = -1

  /// This process's own standard streams.
  static var own: OutputEnds { OutputEnds(output: 1, errors: 2) }

  /// Makes them this process's standard streams, in the process that was forked to have them.
  func takeOver() {
    redirect()
    close()
    if link >= 0 { ProcessCalls.closeDescriptor(link) }
  }

  private func redirect() {
    Descriptor.redirectStandardStreams(output: output, errors: errors)
    // Those that it was shared with write elsewhere.
    Output.leaveLock()
  }

  /// Closes the pipes' ends.
  func close() {
    ProcessCalls.closeDescriptor(output)
    ProcessCalls.closeDescriptor(errors)
  }
}

// MARK: - On the way to the fork server

extension OutputEnds {
  /// Makes objects of the pipes' ends that a message can carry.
  ///
  /// - Returns: Two objects that this process holds; releasing them closes copies of the ends.
  func makeObjects() throws(MultiprocessingError) -> [SharedObject] {
    var objects: [SharedObject] = []
    do throws(MultiprocessingError) {
      for end in [output, errors] {
        let copy = try Descriptor.copy(end)
        do throws(MultiprocessingError) {
          let object = try SharedObject.create(.pipe)
          OpenEnds.insert(copy, for: object)
          objects.append(object)
        } catch {
          ProcessCalls.closeDescriptor(copy)
          throw error
        }
      }
    } catch {
      for object in objects { object.release() }
      throw error
    }
    return objects
  }

  /// Makes the ends that a message has brought this process's standard streams; nothing when it has
  /// brought none.
  ///
  /// For a copy of the process that received them: it does not hold the objects.
  static func takeOver(_ objects: [SharedObject]) {
    let descriptors = objects.compactMap { OpenEnds.descriptor(of: $0) }
    guard descriptors.count == 2 else { return }
    OutputEnds(output: descriptors[0], errors: descriptors[1]).redirect()
    for object in objects { OpenEnds.close(object) }
  }
}
