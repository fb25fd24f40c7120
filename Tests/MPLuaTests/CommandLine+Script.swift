// Scripts: errors and their tracebacks, modules, warnings, exit.

extension CommandLine {
  static let script = [
    CommandLine(
      ["arg0.lua"], output: "arg0.lua\n"),
    CommandLine(
      ["args.lua"],
      output: """
        -5\tnil
        -4\tnil
        -3\tnil
        -2\tnil
        -1\tmplua
        0\targs.lua
        1\tnil
        0

        """),
    CommandLine(
      ["bin.lua"]),
    CommandLine(
      ["chunkret.lua"]),
    CommandLine(
      ["close.lua"],
      output: """
        c\tclose.lua:1: xx
        stack traceback:
        \t[C]: in function 'error'
        \tclose.lua:1: in main chunk
        \t[C]: in ?

        """,
      errors: """
        mplua: close.lua:1: xx
        stack traceback:
        \t[C]: in function 'error'
        \tclose.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["closeerr.lua"],
      errors: """
        mplua: closeerr.lua:1: in close
        stack traceback:
        \t[C]: in function 'error'
        \tcloseerr.lua:1: in function <closeerr.lua:1>
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["coarg.lua"],
      errors: """
        mplua: coarg.lua:1: bad argument #1 to 'resume' (thread expected, got number)
        stack traceback:
        \t[C]: in function 'coroutine.resume'
        \tcoarg.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["coarg2.lua"],
      errors: """
        mplua: coarg2.lua:1: bad argument #1 to 'wrap' (function expected, got number)
        stack traceback:
        \t[C]: in function 'coroutine.wrap'
        \tcoarg2.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["coarg3.lua"],
      errors: """
        mplua: coarg3.lua:1: bad argument #1 to 'close' (thread expected, got no value)
        stack traceback:
        \t[C]: in function 'coroutine.close'
        \tcoarg3.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["coclose.lua"],
      output: """
        true
        false\tcannot close a running coroutine

        """,
      errors: """
        mplua: coclose.lua:1: cannot close a running coroutine
        stack traceback:
        \t[C]: in function 'coroutine.close'
        \tcoclose.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["coerr.lua"], output: "closed\n",
      errors: """
        mplua: coerr.lua:1: coerr.lua:1: in co
        stack traceback:
        \t[C]: in local 'co'
        \tcoerr.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["corec.lua"],
      output: """
        false\tcannot resume non-suspended coroutine
        normal\tfalse\tcannot close a normal coroutine
        false\tcannot resume dead coroutine

        """),
    CommandLine(
      ["dofile.lua"], output: "1\t2\t3\n",
      errors: """
        mplua: err.lua:1: boom
        stack traceback:
        \t[C]: in function 'error'
        \terr.lua:1: in upvalue 'f'
        \terr.lua:2: in local 'g'
        \terr.lua:3: in main chunk
        \t[C]: in function 'dofile'
        \tdofile.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["empty.lua"]),
    CommandLine(
      ["err.lua"],
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
      ["err0.lua"],
      errors: """
        mplua: level0
        stack traceback:
        \t[C]: in function 'error'
        \terr0.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["err2.lua"],
      errors: """
        mplua: err2.lua:1: lvl2
        stack traceback:
        \t[C]: in function 'error'
        \terr2.lua:1: in local 'f'
        \terr2.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["errb.lua"],
      errors: """
        mplua: (error object is a boolean value)
        stack traceback:
        \t[C]: in function 'error'
        \terrb.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["errf.lua"],
      errors: """
        mplua: 1.5
        stack traceback:
        \t[C]: in function 'error'
        \terrf.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["errm.lua"], errors: "mplua: custom\n", status: 1),
    CommandLine(
      ["errm2.lua"],
      errors: """
        mplua: errm2.lua:1: inner
        stack traceback:
        \t[C]: in function 'error'
        \terrm2.lua:1: in function <errm2.lua:1>
        \t[C]: in ?
        \t[C]: in function 'error'
        \terrm2.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["errm3.lua"],
      errors: """
        mplua: (error object is a table value)
        stack traceback:
        \t[C]: in function 'error'
        \terrm3.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["errm4.lua"],
      errors: """
        mplua: attempt to call a number value
        stack traceback:
        \t[C]: in ?
        \t[C]: in function 'error'
        \terrm4.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["errn.lua"],
      errors: """
        mplua: 42
        stack traceback:
        \t[C]: in function 'error'
        \terrn.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["errname.lua"],
      errors: """
        mplua: (error object is a table value)
        stack traceback:
        \t[C]: in function 'error'
        \terrname.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["errnil.lua"],
      errors: """
        mplua: (error object is a nil value)
        stack traceback:
        \t[C]: in function 'error'
        \terrnil.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["errt.lua"],
      errors: """
        mplua: (error object is a table value)
        stack traceback:
        \t[C]: in function 'error'
        \terrt.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["errz.lua"],
      errors: """
        mplua: errz.lua:1: a
        stack traceback:
        \t[C]: in function 'error'
        \terrz.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["exit256.lua"], status: 7),
    CommandLine(
      ["exit3.lua"], status: 3),
    CommandLine(
      ["exit3c.lua"], output: "fin\n", status: 3),
    CommandLine(
      ["exitF.lua"], status: 1),
    CommandLine(
      ["exitT.lua"]),
    CommandLine(
      ["exitco.lua"], status: 4),
    CommandLine(
      ["gcexit.lua"], output: "fin\n"),
    CommandLine(
      ["gcmode.lua"], output: "generational\n"),
    CommandLine(
      ["getinfo.lua"],
      output: """
        C\t[C]\t1\t0\ttrue
        C\t0
        C\t0
        main\tC\tnil

        """),
    CommandLine(
      ["gmeta.lua"], output: "false\tgmeta.lua:1: undef zzz\n",
      errors: """
        mplua: gmeta.lua:1: undef zzz
        stack traceback:
        \t[C]: in function 'error'
        \tgmeta.lua:1: in metamethod 'index'
        \tgmeta.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["hook.lua"],
      output: """
        9
        nil

        """),
    CommandLine(
      ["lines.lua"]),
    CommandLine(
      ["ok.lua"], output: "ok\n"),
    CommandLine(
      ["out.lua"], output: "no newlinemore", errors: "e1e2"),
    CommandLine(
      ["read.lua"], output: "nil\n"),
    CommandLine(
      ["req3.lua"],
      errors: """
        mplua: req3.lua:1: 'package.searchers' must be a table
        stack traceback:
        \t[C]: in function 'require'
        \treq3.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["req4.lua"],
      errors: """
        mplua: req4.lua:1: bad argument #1 to 'require' (string expected, got no value)
        stack traceback:
        \t[C]: in function 'require'
        \treq4.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["req6.lua"],
      output: """
        p\t:preload:
        true\t:preload:
        true

        """),
    CommandLine(
      ["req7.lua"],
      errors: """
        mplua: req7.lua:1: srch
        stack traceback:
        \t[C]: in function 'error'
        \treq7.lua:1: in function <req7.lua:1>
        \t[C]: in function 'require'
        \treq7.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["setarg.lua"], output: "0\tnil\n"),
    CommandLine(
      ["setv.lua"], output: "x", errors: "y"),
    CommandLine(
      ["shebang.lua"], output: "2\n"),
    CommandLine(
      ["shebang2.lua"]),
    CommandLine(
      ["stk.lua"],
      output: """
        0\tC
        1\tmain
        2\tC

        """),
    CommandLine(
      ["strict.lua"],
      errors: """
        mplua: strict.lua:1: assign y
        stack traceback:
        \t[C]: in function 'error'
        \tstrict.lua:1: in metamethod 'newindex'
        \tstrict.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["syn.lua"], errors: "mplua: syn.lua:1: unexpected symbol near '='\n", status: 1),
    CommandLine(
      ["syn2.lua"], errors: "mplua: syn2.lua:1: ')' expected near <eof>\n", status: 1),
    CommandLine(
      ["syn3.lua"], errors: "mplua: syn3.lua:1: no visible label 'x' for <goto> at line 1\n",
      status: 1),
    CommandLine(
      ["syn4.lua"], errors: "mplua: syn4.lua:1: unfinished string near '\"abc'\n", status: 1),
    CommandLine(
      ["tb.lua"],
      output: """
        tb.lua:1: idx foo
        stack traceback:
        \t[C]: in function 'error'
        \ttb.lua:1: in metamethod 'index'
        \ttb.lua:1: in function 'glob'
        \t[C]: in function 'xpcall'
        \ttb.lua:1: in main chunk
        \t[C]: in ?

        """,
      errors: """
        mplua: tb.lua:1: add
        stack traceback:
        \t[C]: in function 'error'
        \ttb.lua:1: in metamethod 'add'
        \ttb.lua:1: in method 'meth'
        \ttb.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["tb10.lua"],
      errors: """
        mplua: tb10.lua:1: bad argument #1 to 'open' (string expected, got no value)
        stack traceback:
        \t[C]: in function 'io.open'
        \ttb10.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["tb11.lua"],
      errors: """
        mplua: tb11.lua:1: bad argument #1 to 'setmetatable' (table expected, got number)
        stack traceback:
        \t[C]: in function 'setmetatable'
        \ttb11.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["tb2.lua"],
      errors: """
        mplua: tb2.lua:1: cmp
        stack traceback:
        \t[C]: in function 'error'
        \ttb2.lua:1: in function <tb2.lua:1>
        \t[C]: in function 'table.sort'
        \ttb2.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["tb3.lua"],
      errors: """
        mplua: tb3.lua:1: gs
        stack traceback:
        \t[C]: in function 'error'
        \ttb3.lua:1: in function <tb3.lua:1>
        \t[C]: in function 'string.gsub'
        \ttb3.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["tb4.lua"],
      errors: """
        mplua: tb4.lua:1: attempt to call a nil value (for iterator 'for iterator')
        stack traceback:
        \ttb4.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["tb5.lua"],
      errors: """
        mplua: tb5.lua:1: attempt to perform arithmetic on a table value
        stack traceback:
        \ttb5.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["tb6.lua"],
      errors: """
        mplua: tb6.lua:1: attempt to index a nil value (global 'foo')
        stack traceback:
        \ttb6.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["tb8.lua"],
      errors: """
        mplua: tb8.lua:1: bad argument #1 to 'rep' (string expected, got no value)
        stack traceback:
        \t[C]: in function 'string.rep'
        \ttb8.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["tb9.lua"],
      errors: """
        mplua: tb9.lua:1: bad argument #1 to 'rep' (number expected, got table)
        stack traceback:
        \t[C]: in function 'string.rep'
        \ttb9.lua:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["ver.lua"], output: "Lua 5.4\n"),
    CommandLine(
      ["warn.lua"],
      errors: """
        Lua warning: ab
        Lua warning: z
        Lua warning: error in __gc (warn.lua:1: gcerr)
        Lua warning:\u{20}

        """),
    CommandLine(
      ["warn2.lua"],
      errors: """
        Lua warning: two
        Lua warning: @offnot control

        """),
    CommandLine(
      ["xp.lua"],
      output: """
        false\terror in error handling
        false\txp.lua:1: e!

        """),
    CommandLine(
      ["ok.lua"], environment: ["LUA_INIT": "print\"init\""],
      output: """
        init
        ok

        """),
    CommandLine(
      ["ok.lua"], environment: ["LUA_INIT": "error\"init\""],
      errors: """
        mplua: LUA_INIT:1: init
        stack traceback:
        \t[C]: in function 'error'
        \tLUA_INIT:1: in main chunk
        \t[C]: in ?

        """, status: 1),
    CommandLine(
      ["ok.lua"], environment: ["LUA_INIT": "@mod1.lua"],
      output: """
        loading
        ok

        """),
    CommandLine(
      ["ok.lua"], environment: ["LUA_INIT": "@nofile"],
      errors: "mplua: cannot open nofile: No such file or directory\n", status: 1),
    CommandLine(
      ["ok.lua"], input: "print\"stdin init\"", environment: ["LUA_INIT": "@"],
      errors: "mplua: cannot open : No such file or directory\n", status: 1),
    CommandLine(
      ["ok.lua"], environment: ["LUA_INIT": ""], output: "ok\n"),
    CommandLine(
      ["ok.lua"], environment: ["LUA_INIT": "x ="],
      errors: "mplua: LUA_INIT:1: unexpected symbol near <eof>\n", status: 1),
    CommandLine(
      ["ok.lua"], environment: ["LUA_INIT_5_4": "print\"54\"", "LUA_INIT": "print\"x\""],
      output: """
        54
        ok

        """),
    CommandLine(
      ["ok.lua"], environment: ["LUA_INIT_5_4": "x = =", "LUA_INIT": "print\"x\""],
      errors: "mplua: LUA_INIT_5_4:1: unexpected symbol near '='\n", status: 1),
    CommandLine(
      ["ok.lua"], environment: ["LUA_INIT_5_4": "", "LUA_INIT": "print\"x\""], output: "ok\n"),
  ]
}
