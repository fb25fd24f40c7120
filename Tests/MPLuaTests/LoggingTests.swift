// What the logger writes to standard error. Python: `logging` and `multiprocessing.util`.

import TestSupport
import Testing

@Suite("Logging", .timeLimit(.minutes(15)))
struct LoggingTests {
  /// A script, and every byte that it writes to standard error.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let code: String
    let errors: String

    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "levels and names",
      code: "local l = mp.log_to_stderr(1) "
        + "for _, level in ipairs{5, 10, 20, 25, 30, 40, 50, 7} do l:log(level, 'x') end "
        + "l:debug('d') l:info('i') l:warning('w') l:error('e') l:critical('c') "
        + "l:setLevel('CRITICAL') l:error('no')",
      errors: """
        [Level 5/MainProcess] x
        [DEBUG/MainProcess] x
        [INFO/MainProcess] x
        [Level 25/MainProcess] x
        [WARNING/MainProcess] x
        [ERROR/MainProcess] x
        [CRITICAL/MainProcess] x
        [Level 7/MainProcess] x
        [DEBUG/MainProcess] d
        [INFO/MainProcess] i
        [WARNING/MainProcess] w
        [ERROR/MainProcess] e
        [CRITICAL/MainProcess] c

        """),
    Case(
      name: "the default level is WARNING",
      code: "local l = mp.log_to_stderr() l:info('no') l:warning('yes')",
      errors: "[WARNING/MainProcess] yes\n"),
    Case(
      name: "two handlers double the lines",
      code: "mp.log_to_stderr() mp.log_to_stderr():error('twice')",
      errors: "[ERROR/MainProcess] twice\n[ERROR/MainProcess] twice\n"),
    Case(
      name: "the handler of last resort",
      code:
        "local l = mp.get_logger() l:warning('bare %d', 5) l:info('no') l:setLevel(1) l:info('no')",
      errors: "bare 5\n"),
    Case(
      name: "arguments are formatted, a message alone is not",
      code:
        "local l = mp.log_to_stderr() l:error('%5.2f|%s|%q', 1.5, {} ~= nil, 'a') l:error('100%')"
        + " l:error(mp.ValueError('v')) l:error(nil) l:error(12) l:error{1, x = 2}"
        + " l:error('a\\nb')",
      errors: """
        [ERROR/MainProcess]  1.50|true|"a"
        [ERROR/MainProcess] 100%
        [ERROR/MainProcess] ValueError: v
        [ERROR/MainProcess] nil
        [ERROR/MainProcess] 12
        [ERROR/MainProcess] {1, x = 2}
        [ERROR/MainProcess] a
        b

        """),
    Case(
      name: "a library that the script has changed",
      code: "package.loaded.string = nil mp.log_to_stderr():error('%d', 1)",
      errors: "[ERROR/MainProcess] 1\n"),
    Case(
      name: "children inherit level and handlers",
      code: "mp.log_to_stderr('ERROR') local p = mp.Process{target = function() "
        + "mp.get_logger():error('child') mp.get_logger():warning('no') end} p:start() p:join()",
      errors: "[ERROR/Process-1] child\n"),
    Case(
      name: "an abandoned lock is one warning",
      code: "mp.log_to_stderr() local l, q = mp.Lock(), mp.Queue() local p = mp.Process{"
        + "target = function() l:acquire() q:put(1) mp.sleep(1000) end} p:start() q:get() p:kill() "
        + "p:join() print(l:acquire()) l:release() print(l:acquire())",
      errors: "[WARNING/MainProcess] a lock made at (command line):1 was abandoned: "
        + "its owner died holding it\n"),
  ]

  @Test("writes these bytes", arguments: cases)
  func writes(test: Case) throws {
    let outcome = try run(.mplua, ["-e", "mp = require 'multiprocessing' \(test.code)"])
    #expect(outcome.ending == .exited(0))
    #expect(outcome.errors == test.errors)
  }

  @Test("any bytes come as they are, and each message is one write")
  func bytes() throws {
    let code = "require 'multiprocessing'.log_to_stderr():error('\\xff\\0|' .. ('x'):rep(10000))"
    let script =
      "local p = io.popen([[\(Program.mplua.path) -e \"\(code)\" 2>&1]]) "
      + "local s = p:read('a') print(#s, s:sub(21, 23) == '\\xff\\0|')"
    #expect(try run(.mplua, ["-e", script]).output == "10024\ttrue\n")
  }
}
