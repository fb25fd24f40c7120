// GNU readline's functions and variables, found when a prompt on a terminal first needs them: a plain script does not
// pay for the library, and the program does not depend on it.

internal import Glibc

/// GNU readline, opened.
///
/// Names are those of the library without `rl_`.
@safe struct Readline {
  typealias Key = @convention(c) (Int32, Int32) -> Int32
  typealias Action = @convention(c) () -> Void
  typealias Take = @convention(c) (UnsafePointer<CChar>) -> Void
  typealias Finished = @convention(c) (UnsafeMutablePointer<CChar>?) -> Void
  typealias Matches = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  typealias Complete = @convention(c) (UnsafePointer<CChar>?, Int32, Int32) -> Matches?

  let install: @convention(c) (UnsafePointer<CChar>, Finished) -> Void
  let remove: Action
  let readCharacter: Action
  let cleanUpAfterSignal: Action
  let acceptLine: Key
  let previousInHistory: Key
  let nextInHistory: Key
  let insert: @convention(c) (UnsafePointer<CChar>) -> Int32
  let replaceLine: @convention(c) (UnsafePointer<CChar>, Int32) -> Void
  let redisplay: Action
  let updateDisplay: @convention(c) () -> Int32
  let beginNewLine: @convention(c) () -> Int32
  let prepareTerminal: @convention(c) (Int32) -> Void
  let restoreTerminal: Action
  let resizeTerminal: Action
  let addHistory: Take
  let useHistory: Action
  private let getCharacter: @convention(c) (UnsafeMutablePointer<FILE>?) -> Int32

  let line: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  let point: UnsafeMutablePointer<Int32>
  let end: UnsafeMutablePointer<Int32>
  let isCompletionOver: UnsafeMutablePointer<Int32>
  let appendedCharacter: UnsafeMutablePointer<Int32>
  let suppressesAppend: UnsafeMutablePointer<Int32>

  private let library: UnsafeMutableRawPointer
  private let output: UnsafeMutablePointer<FILE>?

  /// Opens the library; nil when there is none, or one that lacks what is needed here.
  init?() {
    let names = ["libreadline.so.8", "libreadline.so.7", "libreadline.so"]
    var found: UnsafeMutableRawPointer?
    for name in names where unsafe found == nil {
      unsafe found = dlopen(name, RTLD_NOW | RTLD_LOCAL)
    }
    guard let library = unsafe found else { return nil }
    func symbol<Symbol>(_ name: String) -> Symbol? {
      unsafe dlsym(library, name).map { unsafe unsafeBitCast($0, to: Symbol.self) }
    }
    guard
      let install: @convention(c) (UnsafePointer<CChar>, Finished) -> Void =
        unsafe symbol("rl_callback_handler_install"),
      let remove: Action = symbol("rl_callback_handler_remove"),
      let readCharacter: Action = symbol("rl_callback_read_char"),
      let cleanUp: Action = symbol("rl_callback_sigcleanup"),
      let acceptLine: Key = symbol("rl_newline"),
      let previous: Key = symbol("rl_get_previous_history"),
      let next: Key = symbol("rl_get_next_history"),
      let insert: @convention(c) (UnsafePointer<CChar>) -> Int32 = unsafe symbol("rl_insert_text"),
      let replaceLine: @convention(c) (UnsafePointer<CChar>, Int32) -> Void =
        unsafe symbol("rl_replace_line"),
      let redisplay: Action = symbol("rl_redisplay"),
      let update: @convention(c) () -> Int32 = symbol("rl_forced_update_display"),
      let newLine: @convention(c) () -> Int32 = symbol("rl_on_new_line"),
      let prepare: @convention(c) (Int32) -> Void = symbol("rl_prep_terminal"),
      let restore: Action = symbol("rl_deprep_terminal"),
      let resize: Action = symbol("rl_resize_terminal"),
      let addHistory: Take = unsafe symbol("add_history"),
      let useHistory: Action = symbol("using_history"),
      let getCharacter: @convention(c) (UnsafeMutablePointer<FILE>?) -> Int32 =
        unsafe symbol("rl_getc"),
      let line: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> =
        unsafe symbol("rl_line_buffer"),
      let point: UnsafeMutablePointer<Int32> = unsafe symbol("rl_point"),
      let end: UnsafeMutablePointer<Int32> = unsafe symbol("rl_end"),
      let over: UnsafeMutablePointer<Int32> = unsafe symbol("rl_attempted_completion_over"),
      let appended: UnsafeMutablePointer<Int32> =
        unsafe symbol("rl_completion_append_character"),
      let suppresses: UnsafeMutablePointer<Int32> =
        unsafe symbol("rl_completion_suppress_append")
    else {
      unsafe dlclose(library)
      return nil
    }
    unsafe self.install = install
    self.remove = remove
    self.readCharacter = readCharacter
    cleanUpAfterSignal = cleanUp
    self.acceptLine = acceptLine
    previousInHistory = previous
    nextInHistory = next
    unsafe self.insert = insert
    unsafe self.replaceLine = replaceLine
    self.redisplay = redisplay
    updateDisplay = update
    beginNewLine = newLine
    prepareTerminal = prepare
    restoreTerminal = restore
    resizeTerminal = resize
    unsafe self.addHistory = addHistory
    self.useHistory = useHistory
    unsafe self.getCharacter = getCharacter
    // Not the stream that scripts write to: its texts come above the line. The buffer holds what is drawn at once.
    unsafe output = fdopen(STDOUT_FILENO, "w")
    _ = unsafe setvbuf(output, nil, _IOFBF, 1 << 16)
    unsafe self.line = line
    unsafe self.point = point
    unsafe self.end = end
    unsafe isCompletionOver = over
    unsafe appendedCharacter = appended
    unsafe suppressesAppend = suppresses
    unsafe self.library = library
  }

  /// Sets a variable of the library, if it has it.
  func set<Value>(_ name: String, _ value: Value) {
    unsafe dlsym(library, name)?.assumingMemoryBound(to: Value.self).pointee = value
  }

  /// Makes a setting as a line of the user's settings would.
  func setOption(_ name: String, _ value: String) {
    typealias Bind = @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32
    guard let symbol = unsafe dlsym(library, "rl_variable_bind") else { return }
    _ = unsafe unsafeBitCast(symbol, to: Bind.self)(name, value)
  }

  /// Makes the library read keys by a function of ours and write to a stream of its own.
  func useStreams(reading read: @convention(c) (UnsafeMutablePointer<FILE>?) -> Int32) {
    unsafe set("rl_getc_function", read)
    unsafe set("rl_outstream", output)
  }

  /// Reads a key as the library itself does.
  func readKey(from stream: UnsafeMutablePointer<FILE>?) -> Int32 { unsafe getCharacter(stream) }

  /// Hands what is drawn to the terminal.
  func flush() { _ = unsafe fflush(output) }

  /// In which row below the first of its last prompt line the cursor is.
  var row: Int {
    unsafe Int(dlsym(library, "_rl_last_v_pos")?.assumingMemoryBound(to: Int32.self).pointee ?? 0)
  }

  /// Reads the user's settings, over which ours go.
  func initialize() {
    guard let symbol = unsafe dlsym(library, "rl_initialize") else { return }
    typealias Initialize = @convention(c) () -> Int32
    _ = unsafe unsafeBitCast(symbol, to: Initialize.self)()
  }

  /// Makes a key, or the sequence that a key sends, call a function.
  func bind(_ sequence: String, to function: Key) {
    typealias Bind = @convention(c) (UnsafePointer<CChar>, Key) -> Int32
    guard let symbol = unsafe dlsym(library, "rl_bind_keyseq") else { return }
    _ = unsafe unsafeBitCast(symbol, to: Bind.self)(sequence, function)
  }
}
