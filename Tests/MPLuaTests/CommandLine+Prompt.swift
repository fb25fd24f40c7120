// The prompt, with its input from a pipe.

extension CommandLine {
  static let prompt = [
    CommandLine(
      ["-i"], output: CommandLine.banner + "> \n"),
    CommandLine(
      ["-i", "ok.lua"],
      output: CommandLine.banner + """
        ok
        >\u{20}

        """),
    CommandLine(
      ["-i", "err.lua"], output: CommandLine.banner,
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
      ["-i"], input: "1+1\n",
      output: CommandLine.banner + """
        > 1+1
        2
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "1+1\n",
      output: CommandLine.banner + """
        > 1+1
        2
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "=1+1\n",
      output: CommandLine.banner + """
        > =1+1
        2
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "= 1, 2\n",
      output: CommandLine.banner + """
        > = 1, 2
        1\t2
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "return 3\n",
      output: CommandLine.banner + """
        > return 3
        3
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "x = 5\n",
      output: CommandLine.banner + """
        > x = 5
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "x\n",
      output: CommandLine.banner + """
        > x
        nil
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "local y = 1\ny\n",
      output: CommandLine.banner + """
        > local y = 1
        > y
        nil
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "print(1)\n",
      output: CommandLine.banner + """
        > print(1)
        1
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "for i=1,3 do\nprint(i)\nend\n",
      output: CommandLine.banner + """
        > for i=1,3 do
        >> print(i)
        >> end
        1
        2
        3
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "function f()\nreturn 1\nend\nf()\n",
      output: CommandLine.banner + """
        > function f()
        >> return 1
        >> end
        > f()
        1
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "\"a\\\nb\"\n",
      output: CommandLine.banner + """
        > "a\\
        >> b"
        >\u{20}

        """,
      errors: """
        stdin:2: unexpected symbol near '"a
        b"'

        """),
    CommandLine(
      ["-i"], input: "[[a\nb]]\n",
      output: CommandLine.banner + """
        > [[a
        >> b]]
        >\u{20}

        """,
      errors: """
        stdin:2: unexpected symbol near '[[a
        b]]'

        """),
    CommandLine(
      ["-i"], input: "f(\n",
      output: CommandLine.banner + """
        > f(
        >> >\u{20}

        """, errors: "stdin:1: unexpected symbol near <eof>\n"),
    CommandLine(
      ["-i"], input: "x x\n",
      output: CommandLine.banner + """
        > x x
        >\u{20}

        """, errors: "stdin:1: syntax error near 'x'\n"),
    CommandLine(
      ["-i"], input: "error\"e\"\n",
      output: CommandLine.banner + """
        > error"e"
        >\u{20}

        """,
      errors: """
        stdin:1: e
        stack traceback:
        \t[C]: in function 'error'
        \tstdin:1: in main chunk
        \t[C]: in ?

        """),
    CommandLine(
      ["-i"], input: "error{}\n",
      output: CommandLine.banner + """
        > error{}
        >\u{20}

        """,
      errors: """
        (error object is a table value)
        stack traceback:
        \t[C]: in function 'error'
        \tstdin:1: in main chunk
        \t[C]: in ?

        """),
    CommandLine(
      ["-i"], input: "error(setmetatable({},{__tostring=function() return \"ts\" end}))\n",
      output: CommandLine.banner + """
        > error(setmetatable({},{__tostring=function() return "ts" end}))
        >\u{20}

        """, errors: "ts\n"),
    CommandLine(
      ["-i"], input: "error()\n",
      output: CommandLine.banner + """
        > error()
        >\u{20}

        """,
      errors: """
        (error object is a nil value)
        stack traceback:
        \t[C]: in function 'error'
        \tstdin:1: in main chunk
        \t[C]: in ?

        """),
    CommandLine(
      ["-i"], input: "nil\n",
      output: CommandLine.banner + """
        > nil
        nil
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "nil,nil\n",
      output: CommandLine.banner + """
        > nil,nil
        nil\tnil
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "\n",
      output: CommandLine.banner + """
        >\u{20}
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "   \n",
      output: CommandLine.banner + """
        >   \u{20}
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "-- comment\n",
      output: CommandLine.banner + """
        > -- comment
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "--[[ x\n",
      output: CommandLine.banner + """
        > --[[ x
        >> >\u{20}

        """, errors: "stdin:1: unfinished long comment (starting at line 1) near <eof>\n"),
    CommandLine(
      ["-i"], input: "1,2,3\n",
      output: CommandLine.banner + """
        > 1,2,3
        1\t2\t3
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: ";\n",
      output: CommandLine.banner + """
        > ;
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "a.b\n",
      output: CommandLine.banner + """
        > a.b
        >\u{20}

        """,
      errors: """
        stdin:1: attempt to index a nil value (global 'a')
        stack traceback:
        \tstdin:1: in main chunk
        \t[C]: in ?

        """),
    CommandLine(
      ["-i"], input: "goto x\n",
      output: CommandLine.banner + """
        > goto x
        >\u{20}

        """, errors: "stdin:1: no visible label 'x' for <goto> at line 1\n"),
    CommandLine(
      ["-i"], input: "_PROMPT=\"p> \"\n1\n",
      output: CommandLine.banner + """
        > _PROMPT="p> "
        p> 1
        1
        p>\u{20}

        """),
    CommandLine(
      ["-i"], input: "_PROMPT2=\"more \"\nfor i=1,1 do\nend\n",
      output: CommandLine.banner + """
        > _PROMPT2="more "
        > for i=1,1 do
        more end
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "_PROMPT=7\n1\n",
      output: CommandLine.banner + """
        > _PROMPT=7
        71
        1
        7

        """),
    CommandLine(
      ["-i"], input: "_PROMPT=false\n1\n",
      output: CommandLine.banner + """
        > _PROMPT=false
        false1
        1
        false

        """),
    CommandLine(
      ["-i"], input: "_PROMPT=setmetatable({},{__tostring=function() return \"T>\" end})\n1\n",
      output: CommandLine.banner + """
        > _PROMPT=setmetatable({},{__tostring=function() return "T>" end})
        T>1
        1
        T>

        """),
    CommandLine(
      ["-i"], input: "_PROMPT=setmetatable({},{__tostring=function() error(\"pe\") end})\n1\n",
      output: CommandLine.banner + """
        > _PROMPT=setmetatable({},{__tostring=function() error("pe") end})

        """, errors: "stdin:1: pe\n", status: 1),
    CommandLine(
      ["-i"], input: "_PROMPT=setmetatable({},{__tostring=function() return 1 end})\n1\n",
      output: CommandLine.banner + """
        > _PROMPT=setmetatable({},{__tostring=function() return 1 end})
        11
        1
        1

        """),
    CommandLine(
      ["-i"], input: "print=nil\n1\n2\n",
      output: CommandLine.banner + """
        > print=nil
        > 1
        > 2
        >\u{20}

        """,
      errors: """
        error calling 'print' (attempt to call a nil value)
        error calling 'print' (attempt to call a nil value)

        """),
    CommandLine(
      ["-i"], input: "print=function() error(\"pp\") end\n1\n",
      output: CommandLine.banner + """
        > print=function() error("pp") end
        > 1
        >\u{20}

        """, errors: "error calling 'print' (stdin:1: pp)\n"),
    CommandLine(
      ["-i"], input: "print=function(...) io.write(\"P:\",...) io.write\"\\n\" end\n1\n",
      output: CommandLine.banner + """
        > print=function(...) io.write("P:",...) io.write"\\n" end
        > 1
        P:1
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "tostring=nil\n1\n",
      output: CommandLine.banner + """
        > tostring=nil
        > 1
        1
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "os.exit(7)\n", output: CommandLine.banner + "> os.exit(7)\n", status: 7),
    CommandLine(
      ["-i"], input: "os.exit(7,true)\n", output: CommandLine.banner + "> os.exit(7,true)\n",
      status: 7),
    CommandLine(
      ["-i"], input: "\"\\0\"\n",
      output: CommandLine.banner + """
        > "\\0"
        \0
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "x =\n",
      output: CommandLine.banner + """
        > x =
        >> >\u{20}

        """, errors: "stdin:1: unexpected symbol near <eof>\n"),
    CommandLine(
      ["-i"], input: "return\n",
      output: CommandLine.banner + """
        > return
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "return;\n",
      output: CommandLine.banner + """
        > return;
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "return 1;\n",
      output: CommandLine.banner + """
        > return 1;
        1
        >\u{20}

        """),
    CommandLine(
      ["-i"],
      input: "do local a <close> = setmetatable({},{__close=function() print\"c\" end}) end\n",
      output: CommandLine.banner + """
        > do local a <close> = setmetatable({},{__close=function() print"c" end}) end
        c
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "coroutine.wrap(function() error(\"co\") end)()\n",
      output: CommandLine.banner + """
        > coroutine.wrap(function() error("co") end)()
        >\u{20}

        """,
      errors: """
        stdin:1: stdin:1: co
        stack traceback:
        \t[C]: in ?
        \tstdin:1: in main chunk
        \t[C]: in ?

        """),
    CommandLine(
      ["-i"], input: "local function f() error(\"in f\") end f()\n",
      output: CommandLine.banner + """
        > local function f() error("in f") end f()
        >\u{20}

        """,
      errors: """
        stdin:1: in f
        stack traceback:
        \t[C]: in function 'error'
        \tstdin:1: in local 'f'
        \tstdin:1: in main chunk
        \t[C]: in ?

        """),
    CommandLine(
      ["-i"], input: "...\n",
      output: CommandLine.banner + """
        > ...
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "select(\"#\",...)\n",
      output: CommandLine.banner + """
        > select("#",...)
        0
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "break\n",
      output: CommandLine.banner + """
        > break
        >\u{20}

        """, errors: "stdin:1: break outside loop at line 1\n"),
    CommandLine(
      ["-i"], input: "a = [==[\nx\n]==]\n#a\n",
      output: CommandLine.banner + """
        > a = [==[
        >> x
        >> ]==]
        > #a
        2
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "if x then\n",
      output: CommandLine.banner + """
        > if x then
        >> >\u{20}

        """, errors: "stdin:1: 'end' expected near <eof>\n"),
    CommandLine(
      ["-i"], input: "  = 1\n",
      output: CommandLine.banner + """
        >   = 1
        >\u{20}

        """, errors: "stdin:1: unexpected symbol near '='\n"),
    CommandLine(
      ["-i"], input: "==1\n",
      output: CommandLine.banner + """
        > ==1
        >\u{20}

        """, errors: "stdin:1: unexpected symbol near '='\n"),
    CommandLine(
      ["-i"], input: "=\n",
      output: CommandLine.banner + """
        > =
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "function\n",
      output: CommandLine.banner + """
        > function
        >> >\u{20}

        """, errors: "stdin:1: <name> expected near <eof>\n"),
    CommandLine(
      ["-i"], input: "\"unfinished\n",
      output: CommandLine.banner + """
        > "unfinished
        >> >\u{20}

        """, errors: "stdin:1: unfinished string near <eof>\n"),
    CommandLine(
      ["-i"], input: "debug.traceback()\n",
      output: CommandLine.banner + """
        > debug.traceback()
        stack traceback:
        \tstdin:1: in main chunk
        \t[C]: in ?
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "table.unpack({},1,999990)\n",
      output: CommandLine.banner + """
        > table.unpack({},1,999990)
        >\u{20}

        """,
      errors: """
        stdin:1: too many results to unpack
        stack traceback:
        \t[C]: in function 'table.unpack'
        \tstdin:1: in main chunk
        \t[C]: in ?

        """),
    CommandLine(
      ["-i"], input: "1 -- <eof>\n",
      output: CommandLine.banner + """
        > 1 -- <eof>
        1
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "x '<eof>\n",
      output: CommandLine.banner + """
        > x '<eof>
        >> >\u{20}

        """, errors: "stdin:1: unfinished string near <eof>\n"),
    CommandLine(
      ["-i"], input: "load(\"x =\")\n",
      output: CommandLine.banner + """
        > load("x =")
        nil\t[string "x ="]:1: unexpected symbol near <eof>
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "error(\"msg <eof>\")\n",
      output: CommandLine.banner + """
        > error("msg <eof>")
        >\u{20}

        """,
      errors: """
        stdin:1: msg <eof>
        stack traceback:
        \t[C]: in function 'error'
        \tstdin:1: in main chunk
        \t[C]: in ?

        """),
    CommandLine(
      ["-i"], input: "error(\"a\\nb\")\n",
      output: CommandLine.banner + """
        > error("a\\nb")
        >\u{20}

        """,
      errors: """
        stdin:1: a
        b
        stack traceback:
        \t[C]: in function 'error'
        \tstdin:1: in main chunk
        \t[C]: in ?

        """),
    CommandLine(
      ["-i"], input: "warn\"@on\"\nwarn\"w\"\n",
      output: CommandLine.banner + """
        > warn"@on"
        > warn"w"
        >\u{20}

        """, errors: "Lua warning: w\n"),
    CommandLine(
      ["-i"], input: "collectgarbage(\"count\") > 0\n",
      output: CommandLine.banner + """
        > collectgarbage("count") > 0
        true
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "math.type(1)\n",
      output: CommandLine.banner + """
        > math.type(1)
        integer
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "_VERSION\n",
      output: CommandLine.banner + """
        > _VERSION
        Lua 5.4
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "#arg, arg[0]\n",
      output: CommandLine.banner + """
        > #arg, arg[0]
        1\tmplua
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "local x <const> = 1\n",
      output: CommandLine.banner + """
        > local x <const> = 1
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "x=1 y=2 x,y\n",
      output: CommandLine.banner + """
        > x=1 y=2 x,y
        >> >\u{20}

        """, errors: "stdin:1: '=' expected near <eof>\n"),
    CommandLine(
      ["-i"], input: "function g() return end g()\n",
      output: CommandLine.banner + """
        > function g() return end g()
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "print()\n",
      output: CommandLine.banner + """
        > print()

        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "1//0\n",
      output: CommandLine.banner + """
        > 1//0
        >\u{20}

        """,
      errors: """
        stdin:1: attempt to divide by zero
        stack traceback:
        \tstdin:1: in main chunk
        \t[C]: in ?

        """),
    CommandLine(
      ["-i"], input: "2^53\n",
      output: CommandLine.banner + """
        > 2^53
        9.007199254741e+15
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "-nan\n",
      output: CommandLine.banner + """
        > -nan
        >\u{20}

        """,
      errors: """
        stdin:1: attempt to perform arithmetic on a nil value (global 'nan')
        stack traceback:
        \tstdin:1: in main chunk
        \t[C]: in ?

        """),
    CommandLine(
      ["-i"], input: "1e15\n",
      output: CommandLine.banner + """
        > 1e15
        1e+15
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "\"tab\\t\"\n",
      output: CommandLine.banner + """
        > "tab\\t"
        tab\t
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "{}==nil\n",
      output: CommandLine.banner + """
        > {}==nil
        false
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "(\"x\"):rep(3)\n",
      output: CommandLine.banner + """
        > ("x"):rep(3)
        xxx
        >\u{20}

        """),
    CommandLine(
      ["-i"], input: "1",
      output: CommandLine.banner + """
        > 1
        1
        >\u{20}

        """),
    CommandLine(
      ["-e", "x=1", "-i"], input: "x\n",
      output: CommandLine.banner + """
        > x
        1
        >\u{20}

        """),
    CommandLine(
      ["-e", "error\"x\"", "-i"], input: "1\n", output: CommandLine.banner,
      errors: """
        mplua: (command line):1: x
        stack traceback:
        \t[C]: in function 'error'
        \t(command line):1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["-i", "ok.lua", "q"], input: "arg[1]\n...\n",
      output: CommandLine.banner + """
        ok\tq
        > arg[1]
        q
        > ...
        >\u{20}

        """),
    CommandLine(
      ["-i", "-"], input: "print(1)\nprint(2)",
      output: CommandLine.banner + """
        1
        2
        >\u{20}

        """),
    CommandLine(
      ["-W", "-i"], input: "warn\"x\"\n",
      output: CommandLine.banner + """
        > warn"x"
        >\u{20}

        """, errors: "Lua warning: x\n"),
    CommandLine(
      ["-i", "-E"], input: "1\n", environment: ["LUA_INIT": "print\"i\""],
      output: CommandLine.banner + """
        > 1
        1
        >\u{20}

        """),
  ]
}
