// Editing an entry of the prompt with GNU readline: the loop that waits for keys, and what our keys do.

internal import Glibc
internal import Multiprocessing

/// An entry's completions.
package struct EntryCompletions {
  /// How many bytes before the cursor they replace.
  package let replaced: Int
  /// What may stand there.
  package let candidates: [[UInt8]]

  /// EntryCompletions of the `replaced` bytes before the cursor.
  package init(replaced: Int, candidates: [[UInt8]]) {
    self.replaced = replaced
    self.candidates = candidates
  }
}

/// What editing an entry came to.
package enum EditedEntry {
  /// Enter was pressed on a complete entry; its lines are separated by newlines.
  case entry([UInt8])
  /// Ctrl-C dropped the entry.
  case interrupted
  /// Ctrl-D on an empty entry.
  case end
}

/// The prompt's editor.
package final class LineEditor {
  fileprivate let readline: Readline
  fileprivate let isIncomplete: ([UInt8]) -> Bool
  fileprivate let complete: ([UInt8]) -> EntryCompletions
  fileprivate var result: EditedEntry?
  private let serve: () -> Served
  /// How many lines of the prompt are above the one that is edited.
  private var promptLines = 0

  /// Opens the library; nil when there is none.
  ///
  /// - Parameters:
  ///   - isIncomplete: Whether Enter begins another line of this entry instead of ending it.
  ///   - complete: What may follow this text, which ends at the cursor.
  ///   - serve: Does what other processes need meanwhile, now and then.
  package init?(
    isIncomplete: @escaping ([UInt8]) -> Bool, complete: @escaping ([UInt8]) -> EntryCompletions,
    serve: @escaping () -> Served
  ) {
    guard let readline = Readline() else { return nil }
    self.readline = readline
    self.isIncomplete = isIncomplete
    self.complete = complete
    self.serve = serve
    // The name under which users' settings speak of Lua's prompt.
    unsafe readline.set("rl_readline_name", strdup("lua"))
    readline.set("rl_catch_signals", Int32(0))
    readline.set("rl_catch_sigwinch", Int32(0))
    unsafe readline.set(
      "rl_completer_word_break_characters", strdup(" \t\n\"'`()[]{}<>=~+-*%^#&|,;"))
    // It would close a string behind a directory's name, which goes on.
    unsafe readline.set("rl_basic_quote_characters", strdup(""))
    let completer: Readline.Complete = unsafe completeWord
    unsafe readline.set("rl_attempted_completion_function", completer)
    unsafe readline.useStreams(reading: readKey)
    readline.initialize()
    // What was changed in an earlier entry without running it is as it was when it is seen again.
    readline.setOption("revert-all-at-newline", "on")
    readline.bind("\\C-m", to: enter)
    readline.bind("\\C-j", to: enter)
    for sequence in ["\\C-a", "\\e[H", "\\eOH"] { readline.bind(sequence, to: lineStart) }
    for sequence in ["\\C-e", "\\e[F", "\\eOF"] { readline.bind(sequence, to: lineEnd) }
    for sequence in ["\\e[A", "\\eOA"] { readline.bind(sequence, to: up) }
    for sequence in ["\\e[B", "\\eOB"] { readline.bind(sequence, to: down) }
  }

  /// Lets the user edit an entry.
  package func edit(prompt: [UInt8]) -> EditedEntry {
    StandardStream.output.flush()
    unsafe current = self
    result = nil
    TerminalGuard.begin()
    readline.useHistory()
    promptLines = prompt.count { $0 == UInt8(ascii: "\n") }
    EditedLine.begin()
    unsafe readline.install(terminated(prompt), finish)
    noteDrawn()
    leaveScreen()
    // What was asked just before the signals were held back for the waits.
    serveOthers()
    while result == nil {
      let hasKey = TerminalGuard.waitForKey(atMost: longestWait)
      change { answerSignals() }
      if result != nil { break }
      if hasKey { change { readline.readCharacter() } }
      if result == nil { serveOthers() }
    }
    change { readline.remove() }
    TerminalGuard.end()
    unsafe current = nil
    return result ?? .end
  }

  /// Adds an entry to those that the keys bring back.
  package func remember(_ entry: [UInt8]) { unsafe readline.addHistory(terminated(entry)) }

  /// How many seconds to wait before looking at the others; nil for ever.
  ///
  /// Pools' results, dead children and a cleared line come in different ways, and who could tell of them may
  /// die: one look serves all. Alone it sleeps until a key comes.
  private var longestWait: Double? {
    if Board.hasOthers { return 0.05 }
    // The last one may have printed before it ended.
    return EditedLine.content == .drawn ? nil : 0
  }

  private func serveOthers() {
    switch serve() {
    case .nothing: break
    case .interrupted: TerminalGuard.ask(for: .interrupt)
    case .terminated: result = .end
    }
  }

  /// Changes what the screen shows while no other process prints.
  private func change(_ body: () -> Void) {
    enterScreen()
    body()
    leaveScreen()
  }

  /// Begins a change: draws the line anew if a text has taken its place.
  fileprivate func enterScreen() {
    EditedLine.beginChange()
    drawIfCleared()
  }

  /// Ends a change: others may print, and know where the line is.
  fileprivate func leaveScreen() {
    readline.flush()
    if result == nil {
      drawIfCleared()
      noteDrawn()
      EditedLine.endChange()
    } else {
      // What comes now is written behind the entry.
      EditedLine.end()
    }
  }

  private func noteDrawn() { EditedLine.noteDrawn(rowsAbove: readline.row + promptLines) }

  private func drawIfCleared() {
    guard EditedLine.content != .drawn else { return }
    EditedLine.makeRoom()
    _ = readline.beginNewLine()
    _ = readline.updateDisplay()
    readline.flush()
    noteDrawn()
  }

  private func answerSignals() {
    let asked = TerminalGuard.take()
    if asked.contains(.resize) { readline.resizeTerminal() }
    if asked.contains(.stop) {
      leaveEntry(saying: "^Z\n")
      readline.restoreTerminal()
      readline.flush()
      EditedLine.end()
      TerminalGuard.stop()
      // Nothing of it is drawn now.
      EditedLine.begin()
      readline.prepareTerminal(1)
    }
    if asked.contains(.interrupt) {
      // A search in the history ends too.
      readline.cleanUpAfterSignal()
      leaveEntry(saying: "^C\n")
      unsafe readline.replaceLine("", 1)
      unsafe readline.point.pointee = 0
      result = .interrupted
    }
  }

  /// Moves behind the entry's last line, so that what is written next does not overwrite it.
  private func leaveEntry(saying text: String) {
    let point = unsafe readline.point.pointee
    unsafe readline.point.pointee = readline.end.pointee
    readline.redisplay()
    readline.flush()
    EditedLine.put(text)
    unsafe readline.point.pointee = point
  }

  fileprivate var text: [UInt8] {
    guard let line = unsafe readline.line.pointee else { return [] }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: line, count: Int(readline.end.pointee)))
  }
}

private func terminated(_ text: [UInt8]) -> [CChar] {
  text.filter { $0 != 0 }.map(CChar.init(bitPattern:)) + [0]
}

// MARK: - What readline calls

// Safe because the program has one thread.
nonisolated(unsafe) private weak var current: LineEditor?

private func finish(_ line: UnsafeMutablePointer<CChar>?) {
  guard let editor = unsafe current else { return }
  if let line = unsafe line {
    editor.result = unsafe .entry([UInt8](UnsafeRawBufferPointer(start: line, count: strlen(line))))
    unsafe free(line)
  } else {
    editor.result = .end
    // The library's own newline, which it would go on to write.
    editor.readline.set("rl_eof_found", Int32(0))
  }
  // Before the entry runs: its input is the terminal's as others know it.
  editor.readline.remove()
}

/// Reads a key; others may print while there is none.
private func readKey(_ stream: UnsafeMutablePointer<FILE>?) -> Int32 {
  guard let editor = unsafe current else { return EOF }
  editor.leaveScreen()
  defer { editor.enterScreen() }
  return unsafe editor.readline.readKey(from: stream)
}

private func enter(_ count: Int32, _ key: Int32) -> Int32 {
  guard let editor = unsafe current else { return 0 }
  guard editor.isIncomplete(editor.text) else { return editor.readline.acceptLine(count, key) }
  return unsafe editor.readline.insert("\n")
}

/// Goes to the beginning of the line that the cursor is in, not of the entry.
private func lineStart(_ count: Int32, _ key: Int32) -> Int32 {
  guard let editor = unsafe current else { return 0 }
  let before = editor.text[..<Int(unsafe editor.readline.point.pointee)]
  unsafe editor.readline.point.pointee =
    Int32(before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0)
  return 0
}

/// Goes to the end of the line that the cursor is in.
private func lineEnd(_ count: Int32, _ key: Int32) -> Int32 {
  guard let editor = unsafe current else { return 0 }
  let behind = editor.text[Int(unsafe editor.readline.point.pointee)...]
  unsafe editor.readline.point.pointee =
    Int32(behind.firstIndex(of: UInt8(ascii: "\n")) ?? behind.endIndex)
  return 0
}

/// Goes up within an entry of several lines, and from its first line to the entry before.
private func up(_ count: Int32, _ key: Int32) -> Int32 {
  guard let editor = unsafe current else { return 0 }
  let newline = UInt8(ascii: "\n")
  let text = editor.text
  let point = Int(unsafe editor.readline.point.pointee)
  guard let lineEnd = text[..<point].lastIndex(of: newline) else {
    return editor.readline.previousInHistory(count, key)
  }
  let column = point - lineEnd - 1
  let lineStart = text[..<lineEnd].lastIndex(of: newline).map { $0 + 1 } ?? 0
  unsafe editor.readline.point.pointee = Int32(text.character(at: min(lineStart + column, lineEnd)))
  return 0
}

/// Goes down within an entry of several lines, and from its last line to the entry behind.
private func down(_ count: Int32, _ key: Int32) -> Int32 {
  guard let editor = unsafe current else { return 0 }
  let newline = UInt8(ascii: "\n")
  let text = editor.text
  let point = Int(unsafe editor.readline.point.pointee)
  guard let lineEnd = text[point...].firstIndex(of: newline) else {
    return editor.readline.nextInHistory(count, key)
  }
  let column = point - (text[..<point].lastIndex(of: newline).map { $0 + 1 } ?? 0)
  let nextEnd = text[(lineEnd + 1)...].firstIndex(of: newline) ?? text.count
  unsafe editor.readline.point.pointee =
    Int32(text.character(at: min(lineEnd + 1 + column, nextEnd)))
  return 0
}

extension [UInt8] {
  /// Where the character that holds a byte begins.
  fileprivate func character(at index: Int) -> Int {
    var index = index
    while index > 0, index < count, self[index] & 0xc0 == 0x80 { index -= 1 }
    return index
  }
}

/// Gives readline the completions of a word: first what they have in common, then each of them.
private func completeWord(
  _ word: UnsafePointer<CChar>?, _ start: Int32, _ end: Int32
) -> Readline.Matches? {
  guard let editor = unsafe current else { return nil }
  let readline = editor.readline
  // No file names where we know nothing, and nothing behind a completion.
  unsafe readline.isCompletionOver.pointee = 1
  unsafe readline.appendedCharacter.pointee = 0
  unsafe readline.suppressesAppend.pointee = 1
  let line = editor.text
  let completions = editor.complete(Array(line[..<Int(end)]))
  let replaced = Int(end) - completions.replaced
  let matches = completions.candidates.map { candidate in
    // What readline takes for the word may begin before or behind what we replace.
    replaced >= Int(start)
      ? Array(line[Int(start)..<replaced]) + candidate
      : Array(candidate.dropFirst(Int(start) - replaced))
  }
  guard let first = matches.first else { return nil }
  let common = matches.dropFirst().reduce(first) { common, match in
    Array(zip(common, match).prefix { $0 == $1 }.map(\.0))
  }
  let all = matches.count == 1 ? [first] : [common] + matches
  guard
    let memory = unsafe malloc((all.count + 1) * MemoryLayout<UnsafeMutablePointer<CChar>?>.stride)
  else { return nil }
  let list = unsafe memory.bindMemory(
    to: UnsafeMutablePointer<CChar>?.self, capacity: all.count + 1)
  for (index, match) in all.enumerated() { unsafe list[index] = strdup(terminated(match)) }
  unsafe list[all.count] = nil
  return unsafe list
}
