// Finding the program trees that run on this machine. No counterpart in Python.

internal import SystemPackage

/// A program tree of this user, found by the memory that its processes share.
package struct RunningTree: Sendable {
  /// Tells the tree from all others that exist at the same time.
  package let key: String
  /// The processes that have its memory open, in the order of their numbers.
  package private(set) var pids: [Int32]
  private var paths: [String]

  /// All trees whose processes belong to the user who asks.
  package static var all: [RunningTree] {
    var trees: [ProcessFiles.MemoryFile.Identity: RunningTree] = [:]
    for pid in ProcessFiles.pids where ProcessFiles.isOwn(pid) == true {
      for file in (try? ProcessFiles.memoryFiles(Arena.fileName, of: pid)) ?? [] {
        var tree =
          trees[file.identity]
          ?? RunningTree(key: key(of: file), pids: [], paths: [])
        if tree.pids.last != pid { tree.pids.append(pid) }
        tree.paths.append(file.path)
        trees[file.identity] = tree
      }
    }
    return trees.values.sorted { $0.pids[0] < $1.pids[0] }
  }

  /// The trees that a process belongs to, which is one but for mischief.
  ///
  /// - Throws: `.operation` when there is no such process, it belongs to somebody else, or it is in
  ///   no tree; the text says which.
  package static func trees(of pid: Int32) throws(MultiprocessingError) -> [RunningTree] {
    guard let isOwn = ProcessFiles.isOwn(pid) else {
      throw .operation("there is no process \(pid)")
    }
    guard isOwn else {
      throw .operation("process \(pid) belongs to another user; only your own are seen")
    }
    do throws(Errno) {
      guard try ProcessFiles.memoryFiles(Arena.fileName, of: pid).isEmpty else {
        return all.filter { $0.pids.contains(pid) }
      }
    } catch {
      throw .operation(
        error == .permissionDenied
          ? "permission to look into process \(pid) is denied"
          : "process \(pid) ended in this moment")
    }
    let program = ProcessFiles.program(of: pid)?.split(separator: "/").last
    throw .operation(
      program == "mplua"
        ? "process \(pid) is mplua, but has not required multiprocessing: there is nothing to see"
        : "process \(pid)\(program.map { " (\(String($0).printable))" } ?? "") is no program of mplua"
    )
  }

  /// Whether a process has the tree's memory open now.
  func includes(_ pid: Int32) -> Bool {
    let files = (try? ProcessFiles.memoryFiles(Arena.fileName, of: pid)) ?? []
    return files.contains { Self.key(of: $0) == key }
  }

  private static func key(of file: ProcessFiles.MemoryFile) -> String {
    "\(file.identity.device):\(file.identity.number)"
  }

  /// Runs `body` while a copy of the tree's memory is what `Board` and others speak of.
  ///
  /// - Throws: `.operation` when the program has ended, `.system` when its memory cannot be read,
  ///   `.runtime` when it is damaged or of another version, and what `body` throws.
  package func look<Result>(
    _ body: () throws(MultiprocessingError) -> Result
  ) throws(MultiprocessingError) -> Result {
    var reason = MultiprocessingError.operation("the program ended in this moment")
    // Who had it open when it was found may have ended since.
    for path in paths {
      do throws(MultiprocessingError) {
        return try ArenaSnapshot.with(of: path, body)
      } catch .system(.noSuchFileOrDirectory, _) {
        continue
      } catch {
        reason = error
        break
      }
    }
    throw reason
  }
}

extension RunningTree {
  /// The number and the command of a process of the tree, or of another when that one has ended.
  package func title(of pid: Int32? = nil) -> String {
    let pid = pid.flatMap { pids.contains($0) ? $0 : nil } ?? pids[0]
    let command = ProcessFiles.command(of: pid)?.joined(separator: " ").printable ?? "(ended)"
    return "\(pid): \(command.count > 100 ? "\(command.prefix(97))..." : command)"
  }
}

extension String {
  /// The text with question marks for what would move the cursor or change the terminal.
  var printable: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
  }
}
