// The command line: the options of Lua's own interpreter, and `--help` and `--version`.

import LuaMultiprocessing

/// What the command line asks for.
struct Options: Equatable {
  /// Something to do before the script, in the order of the command line.
  enum Action: Equatable {
    /// `-e`
    case execute([UInt8])
    /// `-l`
    case require(global: [UInt8], module: [UInt8])
    /// `-W`
    case turnWarningsOn
  }

  /// What is printed instead of running anything.
  enum Answer: String {
    case help = "--help"
    case version = "--version"
  }

  /// Why there is nothing to run.
  enum Failure: Error, Equatable {
    case unknown(option: [UInt8])
    case missingValue(option: [UInt8])
  }

  var actions: [Action] = []
  var isInteractive = false
  var showsVersion = false
  var ignoresEnvironment = false
  /// Where the timeline goes; nil for none.
  var trace: [UInt8]?
  /// The first question of the command line; what comes after it is not looked at.
  var answer: Answer?
  /// Where the script stands among the arguments; their count when there is none.
  var script = 1

  /// Whether some action executes code.
  var executes: Bool {
    actions.contains { action in
      if case .execute = action { true } else { false }
    }
  }

  /// Reads the arguments, the first of which is the program's name.
  init(_ arguments: [[UInt8]]) throws(Failure) {
    while script < arguments.count {
      let argument = arguments[script]
      guard argument.first == dash, argument.count > 1 else { return }
      script += 1
      answer = Answer(rawValue: String(decoding: argument, as: UTF8.self))
      if answer != nil { return }
      switch argument[1] {
      case UInt8(ascii: "e"):
        actions.append(.execute(try value(of: argument, in: arguments)))
      case UInt8(ascii: "l"):
        actions.append(.require(try value(of: argument, in: arguments)))
      case dash where argument.starts(with: traceOption):
        trace = try file(of: argument)
      default:
        guard argument.count == 2 else { throw .unknown(option: argument) }
        switch argument[1] {
        case dash: return
        case UInt8(ascii: "E"): ignoresEnvironment = true
        case UInt8(ascii: "W"): actions.append(.turnWarningsOn)
        case UInt8(ascii: "i"): (isInteractive, showsVersion) = (true, true)
        case UInt8(ascii: "v"): showsVersion = true
        default: throw .unknown(option: argument)
        }
      }
    }
  }

  /// What follows the `=` of an option.
  private func file(of option: [UInt8]) throws(Failure) -> [UInt8] {
    let value = option.dropFirst(traceOption.count)
    if value.isEmpty || value == [UInt8(ascii: "=")] { throw .missingValue(option: option) }
    guard value.first == UInt8(ascii: "=") else { throw .unknown(option: option) }
    return Array(value.dropFirst())
  }

  /// The rest of an option, or the next argument if it does not look like an option.
  private mutating func value(
    of option: [UInt8], in arguments: [[UInt8]]
  ) throws(Failure) -> [UInt8] {
    if option.count > 2 { return Array(option[2...]) }
    guard script < arguments.count, arguments[script].first != dash else {
      throw .missingValue(option: option)
    }
    defer { script += 1 }
    return arguments[script]
  }
}

extension Options.Action {
  /// What `-l` asks for: `module`, or `global=module`.
  static func require(_ value: [UInt8]) -> Self {
    guard let equals = value.firstIndex(of: UInt8(ascii: "=")) else {
      return .require(global: value, module: value)
    }
    return .require(global: Array(value[..<equals]), module: Array(value[(equals + 1)...]))
  }
}

extension Options.Failure {
  /// What standard error gets, as Lua's own interpreter words it.
  func text(program: String) -> String {
    let problem =
      switch self {
      case .unknown(let option): "unrecognized option '\(String(decoding: option, as: UTF8.self))'"
      case .missingValue(let option): "'\(String(decoding: option, as: UTF8.self))' needs argument"
      }
    return "\(program): \(problem)\n\(usage(of: program))"
  }
}

extension Options.Answer {
  /// What standard output gets.
  func text(program: String) -> String {
    switch self {
    case .version: Version.description
    case .help:
      """
      \(usage(of: program))  --help     print this text and stop
        --version  print what this program is and stop
        --trace=F  write a timeline of all processes to file F
      Without a script: the prompt on a terminal, else standard input is run.
      Scripts have the module with require "multiprocessing".

      """
    }
  }
}

/// How the program is called, as Lua's own interpreter words it.
private func usage(of program: String) -> String {
  """
  usage: \(program) [options] [script [args]]
  Available options are:
    -e stat   execute string 'stat'
    -i        enter interactive mode after executing 'script'
    -l mod    require library 'mod' into global 'mod'
    -l g=mod  require library 'mod' into global 'g'
    -v        show version information
    -E        ignore environment variables
    -W        turn warnings on
    --        stop handling options
    -         stop handling options and execute stdin

  """
}

private let traceOption = Array("--trace".utf8)
private let dash = UInt8(ascii: "-")
