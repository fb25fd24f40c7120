// Options, LUA_INIT and the arguments of a script.

extension CommandLine {
  static let options = [
    CommandLine(
      ["nofile.lua"], errors: "mplua: cannot open nofile.lua: No such file or directory\n",
      status: 1),
    CommandLine(
      [""], errors: "mplua: cannot open : No such file or directory\n", status: 1),
    CommandLine(
      ["-W", "err.lua", "x"],
      errors: """
        mplua: err.lua:1: boom
        stack traceback:
        \t[C]: in function 'error'
        \terr.lua:1: in upvalue 'f'
        \terr.lua:2: in local 'g'
        \terr.lua:3: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["-W", "ok.lua", "x"], output: "ok\tx\n"),
    CommandLine(
      ["-W", "warn.lua", "x"],
      errors: """
        Lua warning: ab
        Lua warning: z
        Lua warning: error in __gc (warn.lua:1: gcerr)
        Lua warning:\u{20}

        """),
    CommandLine(
      ["-W", "read.lua", "x"], output: "nil\n"),
    CommandLine(
      ["-v"], output: CommandLine.banner),
    CommandLine(
      ["-v", "-v"], output: CommandLine.banner),
    CommandLine(
      ["-v", "ok.lua"], output: CommandLine.banner + "ok\n"),
    CommandLine(
      ["-v", "-e", "print(1)"], output: CommandLine.banner + "1\n"),
    CommandLine(
      ["-E", "ok.lua"], environment: ["LUA_INIT": "print\"init\""], output: "ok\n"),
    CommandLine(
      ["-v"], environment: ["LUA_INIT": "print\"i\""], output: CommandLine.banner + "i\n"),
    CommandLine(
      ["-h"], environment: ["LUA_INIT": "print\"i\""],
      errors: """
        mplua: unrecognized option '-h'
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["-e", "print(package.path)"], environment: ["LUA_PATH_5_4": "v", "LUA_PATH": "b"],
      output: "v\n"),
    CommandLine(
      ["-h"],
      errors: """
        mplua: unrecognized option '-h'
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["-x"],
      errors: """
        mplua: unrecognized option '-x'
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["-vi"],
      errors: """
        mplua: unrecognized option '-vi'
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["-iv"],
      errors: """
        mplua: unrecognized option '-iv'
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["-ve", "x"],
      errors: """
        mplua: unrecognized option '-ve'
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["-Wx"],
      errors: """
        mplua: unrecognized option '-Wx'
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["-Ex"],
      errors: """
        mplua: unrecognized option '-Ex'
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["-ix"],
      errors: """
        mplua: unrecognized option '-ix'
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["---"],
      errors: """
        mplua: unrecognized option '---'
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["--x"],
      errors: """
        mplua: unrecognized option '--x'
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["-?"],
      errors: """
        mplua: unrecognized option '-?'
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["-e"],
      errors: """
        mplua: '-e' needs argument
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["-l"],
      errors: """
        mplua: '-l' needs argument
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["-e", "-v"],
      errors: """
        mplua: '-e' needs argument
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["-l", "-v"],
      errors: """
        mplua: '-l' needs argument
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["-e", "--"],
      errors: """
        mplua: '-e' needs argument
        usage: mplua [options] [script [args]]
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

        """, status: 1),
    CommandLine(
      ["-e", ""]),
    CommandLine(
      ["-e", " "]),
    CommandLine(
      ["-e", "print(1)", "-e", "print(2)"],
      output: """
        1
        2

        """),
    CommandLine(
      ["-eprint(1)", "-eprint(2)"],
      output: """
        1
        2

        """),
    CommandLine(
      ["-e", "x=1", "-eprint(x)"], output: "1\n"),
    CommandLine(
      ["-e", "error(\"e\")", "ok.lua"],
      errors: """
        mplua: (command line):1: e
        stack traceback:
        \t[C]: in function 'error'
        \t(command line):1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["-e", "x x"], errors: "mplua: (command line):1: syntax error near 'x'\n", status: 1),
    CommandLine(
      ["-e", "x ="], errors: "mplua: (command line):1: unexpected symbol near <eof>\n", status: 1),
    CommandLine(
      ["-e", "return 1"]),
    CommandLine(
      ["-e", "=1"], errors: "mplua: (command line):1: unexpected symbol near '='\n", status: 1),
    CommandLine(
      ["-e", "local x <const> = 1; x = 2"],
      errors: "mplua: (command line):1: attempt to assign to const variable 'x'\n", status: 1),
    CommandLine(
      ["-e", "error({})"],
      errors: """
        mplua: (error object is a table value)
        stack traceback:
        \t[C]: in function 'error'
        \t(command line):1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["-e", "error()"],
      errors: """
        mplua: (error object is a nil value)
        stack traceback:
        \t[C]: in function 'error'
        \t(command line):1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["-e", "a.b.c=1"],
      errors: """
        mplua: (command line):1: attempt to index a nil value (global 'a')
        stack traceback:
        \t(command line):1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["-e", "os.exit(5)"], status: 5),
    CommandLine(
      ["-e", "print(...)", "a", "b"], output: "\n",
      errors: "mplua: cannot open a: No such file or directory\n", status: 1),
    CommandLine(
      ["-e", "print(arg[0],arg[1],#arg,arg[-1],arg[-2])"], output: "mplua\t-e\t2\tnil\tnil\n"),
    CommandLine(
      ["-e", "print(arg[0],arg[1],#arg,arg[-1],arg[-2])", "ok.lua", "q"],
      output: """
        ok.lua\tq\t1\tprint(arg[0],arg[1],#arg,arg[-1],arg[-2])\t-e
        ok\tq

        """),
    CommandLine(
      ["-l", "string", "-e", "print(string ~= nil)"], output: "true\n"),
    CommandLine(
      ["-lmath", "-e", "print(math.pi)"], output: "3.1415926535898\n"),
    CommandLine(
      ["-l", "s=string", "-e", "print(s.rep(\"x\",3))"], output: "xxx\n"),
    CommandLine(
      ["-ls=string", "-e", "print(s == string)"], output: "true\n"),
    CommandLine(
      ["-l", "moderr"], environment: ["LUA_PATH": "./?.lua"],
      errors: """
        mplua: ./moderr.lua:1: in mod
        stack traceback:
        \t[C]: in function 'error'
        \t./moderr.lua:1: in main chunk
        \t[C]: in function 'require'
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["-l", "modsyn", "ok.lua"], environment: ["LUA_PATH": "./?.lua"],
      errors: """
        mplua: error loading module 'modsyn' from file './modsyn.lua':
        \t./modsyn.lua:1: unexpected symbol near '='
        stack traceback:
        \t[C]: in ?
        \t[C]: in function 'require'
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["-l", "=string", "-e", "print(_G[\"\"] == string)"], output: "true\n"),
    CommandLine(
      ["-l", "mod1", "-l", "mod1"], environment: ["LUA_PATH": "./?.lua"],
      output: "loading\tmod1\t./mod1.lua\n"),
    CommandLine(
      ["-e", "require=nil", "-l", "string"],
      errors: """
        mplua: attempt to call a nil value
        stack traceback:
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["-e", "require=function() error({}) end", "-l", "string"],
      errors: """
        mplua: (error object is a table value)
        stack traceback:
        \t[C]: in function 'error'
        \t(command line):1: in function 'require'
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["-W", "-e", "warn(\"w\")"], errors: "Lua warning: w\n"),
    CommandLine(
      ["-e", "warn(\"w\")"]),
    CommandLine(
      ["-W", "-e", "warn(\"@off\") warn(\"w\")"]),
    CommandLine(
      ["-e", "warn()"],
      errors: """
        mplua: (command line):1: bad argument #1 to 'warn' (string expected, got no value)
        stack traceback:
        \t[C]: in function 'warn'
        \t(command line):1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["-e", "warn({})"],
      errors: """
        mplua: (command line):1: bad argument #1 to 'warn' (string expected, got table)
        stack traceback:
        \t[C]: in function 'warn'
        \t(command line):1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["-W", "-e", "warn(\"a\",{})"],
      errors: """
        mplua: (command line):1: bad argument #2 to 'warn' (string expected, got table)
        stack traceback:
        \t[C]: in function 'warn'
        \t(command line):1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["-W", "-e", "warn(\"a\\0b\")"], errors: "Lua warning: a\n"),
    CommandLine(
      ["-W", "-e", "warn(1,2)"], errors: "Lua warning: 12\n"),
    CommandLine(
      ["-e", "warn(\"@on\")", "-e", "warn(\"hey\")"], errors: "Lua warning: hey\n"),
    CommandLine(
      ["--"]),
    CommandLine(
      ["--", "ok.lua", "a"], output: "ok\ta\n"),
    CommandLine(
      ["-"]),
    CommandLine(
      []),
    CommandLine(
      ["args.lua", "a", "b", "", "c d"],
      output: """
        -5\tnil
        -4\tnil
        -3\tnil
        -2\tnil
        -1\tmplua
        0\targs.lua
        1\ta
        2\tb
        3\t
        4\tc d
        5\tnil
        4\ta\tb\t\tc d

        """),
    CommandLine(
      ["-e", "", "args.lua", "-v", "--", "-e"],
      output: """
        -5\tnil
        -4\tnil
        -3\tmplua
        -2\t-e
        -1\t
        0\targs.lua
        1\t-v
        2\t--
        3\t-e
        4\tnil
        3\t-v\t--\t-e

        """),
    CommandLine(
      ["-E", "-W", "args.lua", "1"],
      output: """
        -5\tnil
        -4\tnil
        -3\tmplua
        -2\t-E
        -1\t-W
        0\targs.lua
        1\t1
        2\tnil
        1\t1

        """),
    CommandLine(
      ["-e", "arg=nil", "ok.lua"], errors: "mplua: 'arg' is not a table\n", status: 1),
    CommandLine(
      ["-e", "arg=1", "ok.lua"], errors: "mplua: 'arg' is not a table\n", status: 1),
    CommandLine(
      ["-e", "arg={1,2,3}", "ok.lua", "z"], output: "ok\t1\t2\t3\n"),
    CommandLine(
      ["-e", "arg=setmetatable({},{__len=function() return \"x\" end})", "ok.lua"],
      errors: "mplua: object length is not an integer\n", status: 1),
    CommandLine(
      ["-e", "arg=setmetatable({},{__len=function() error(\"len\") end})", "ok.lua"],
      errors: "mplua: (command line):1: len\n", status: 1),
    CommandLine(
      ["-e", "arg[0]=\"changed\"", "arg0.lua"], output: "changed\n"),
    CommandLine(
      ["-e", "setmetatable(_G,{__index=function(_,k) error(\"gi \"..k,0) end}) arg=nil", "ok.lua"],
      errors: "mplua: gi arg\n", status: 1),
    CommandLine(
      ["-e", "arg=setmetatable({},{__len=function() return -3 end})", "ok.lua"], output: "ok\n"),
  ]
}
