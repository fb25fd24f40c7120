// Standard input as the script.

extension CommandLine {
  static let input = [
    CommandLine(
      ["-"], input: "print(...)", output: "\n"),
    CommandLine(
      ["-", "a", "b"], input: "print(...) print(arg[0],arg[1],arg[-1])",
      output: """
        a\tb
        -\ta\tmplua

        """),
    CommandLine(
      ["-", "-v"], input: "print(...)", output: "-v\n"),
    CommandLine(
      ["--", "-"], input: "print\"x\"", errors: "mplua: cannot open -: No such file or directory\n",
      status: 1),
    CommandLine(
      ["--"], input: "print\"in\"", output: "in\n"),
    CommandLine(
      ["-e", "print(0)", "-"], input: "print\"in\"",
      output: """
        0
        in

        """),
    CommandLine(
      ["-"], input: "x =", errors: "mplua: stdin:1: unexpected symbol near <eof>\n", status: 1),
    CommandLine(
      ["-"], input: "error\"in\"",
      errors: """
        mplua: stdin:1: in
        stack traceback:
        \t[C]: in function 'error'
        \tstdin:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["-"], input: "#!shebang\nprint(1)", output: "1\n"),
    CommandLine(
      [], input: "print(1)", output: "1\n"),
    CommandLine(
      [], input: "error\"x\"",
      errors: """
        mplua: stdin:1: x
        stack traceback:
        \t[C]: in function 'error'
        \tstdin:1: in main chunk
        \t[C]: in ?

        """),
    CommandLine(
      [], input: "x = =", errors: "mplua: stdin:1: unexpected symbol near '='\n"),
    CommandLine(
      [], input: "print(arg[0],#arg,...)", output: "mplua\t0\n"),
    CommandLine(
      [], input: "#first\nprint(2)", output: "2\n"),
    CommandLine(
      [], input: "os.exit(9)", status: 9),
    CommandLine(
      [], input: "print(io.read())\nignored", errors: "mplua: stdin:2: syntax error near <eof>\n"),
    CommandLine(
      [], input: "return 5"),
    CommandLine(
      ["-W"], input: "warn\"x\"", errors: "Lua warning: x\n"),
    CommandLine(
      ["-E"], input: "print(1)", output: "1\n"),
    CommandLine(
      ["-lmath"], input: "print(1)", output: "1\n"),
    CommandLine(
      ["-e", "print(0)"], input: "print(1)", output: "0\n"),
    CommandLine(
      ["-v"], input: "print(1)", output: CommandLine.banner),
  ]
}
