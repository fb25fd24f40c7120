// Command lines on which mplua is compared with the lua5.4 of the machine.

/// Shell commands in which `lua` is one of the two.
enum LuaCommands {
  static let all = [
    #"""
    lua -v -e 'print(1)' -v
    """#,
    #"""
    lua -e 'print(1)' -e 'print(2)' -W -e 'warn "x"'
    """#,
    #"""
    lua -e 'warn "@on"; warn("a", "b"); warn "@off"; warn "c"'
    """#,
    #"""
    lua -W -e 'warn "@off"' -e 'warn "x"' -e 'warn "@on"' -e 'warn "y"'
    """#,
    #"""
    lua -e 'x = 1' -e 'print(x)' -
    """#,
    #"""
    lua -e 'error()'
    """#,
    #"""
    lua -e 'error(nil)'
    """#,
    #"""
    lua -e 'error({})'
    """#,
    #"""
    lua -e 'error(setmetatable({}, {__tostring = function() return "T" end}))'
    """#,
    #"""
    lua -e 'error(setmetatable({}, {__tostring = function() return 1 end}))'
    """#,
    #"""
    lua -e 'error(setmetatable({}, {__name = "My"}))'
    """#,
    #"""
    lua -e 'error(12)'
    """#,
    #"""
    lua -e 'error("a\0b")' | od -c
    """#,
    #"""
    lua -e 'error("no place", 0)'
    """#,
    #"""
    lua -e 'error(print)'
    """#,
    #"""
    lua -e 'local function f() f() end f()' 2>&1 | head -c 300
    """#,
    #"""
    lua -e 'string.rep("x", -1)' -e 'print(#arg, arg[0], arg[-1])'
    """#,
    #"""
    lua -e 'return 1, 2'
    """#,
    #"""
    lua -e ''
    """#,
    #"""
    lua -e
    """#,
    #"""
    lua -e -e
    """#,
    #"""
    lua -e -- 'print(1)'
    """#,
    #"""
    lua -e= 'x'
    """#,
    #"""
    lua -l
    """#,
    #"""
    lua -l nomodule
    """#,
    #"""
    lua -l string -e 'print(string == package.loaded.string)'
    """#,
    #"""
    lua -l s=string -e 'print(s.upper "a")'
    """#,
    #"""
    lua -ls=string -e 'print(s.upper "a")'
    """#,
    #"""
    lua -l m -e 'print(m)'
    """#,
    #"""
    lua -l mm=m -e 'print(mm, m)'
    """#,
    #"""
    lua -l bad -e 'print(1)'
    """#,
    #"""
    lua -l syntax -e 'print(1)'
    """#,
    #"""
    lua -l =m -e 'print(1)'
    """#,
    #"""
    lua -l m= -e 'print(1)'
    """#,
    #"""
    lua -i -l m </dev/null
    """#,
    #"""
    lua -E -e 'print(os.getenv "LUA_INIT")'
    """#,
    #"""
    LUA_INIT='print "i"' lua -e 'print(2)'
    """#,
    #"""
    LUA_INIT='print "i"' LUA_INIT_5_4='print "i54"' lua -e 'print(2)'
    """#,
    #"""
    LUA_INIT='@init.lua' lua -e 'print(2)'
    """#,
    #"""
    LUA_INIT='@nofile.lua' lua -e 'print(2)'
    """#,
    #"""
    LUA_INIT='@' lua -e 'print(2)' </dev/null
    """#,
    #"""
    LUA_INIT='error "x"' lua -e 'print(2)'
    """#,
    #"""
    LUA_INIT='x = = 1' lua -e 'print(2)'
    """#,
    #"""
    LUA_INIT='error "x"' lua -E -e 'print(2)'
    """#,
    #"""
    LUA_INIT='error "x"' lua -v
    """#,
    #"""
    LUA_INIT='error "x"' lua -i </dev/null
    """#,
    #"""
    LUA_INIT='os.exit(3)' lua args.lua
    """#,
    #"""
    LUA_INIT='' lua -e 'print(1)'
    """#,
    #"""
    LUA_INIT_5_4='' LUA_INIT='print "no"' lua -e 'print(1)'
    """#,
    #"""
    LUA_INIT='print(...)' lua args.lua a b
    """#,
    #"""
    LUA_INIT='print(arg[0], arg[1])' lua args.lua a b
    """#,
    #"""
    LUA_INIT='_PROMPT = "? "' lua -i </dev/null
    """#,
    #"""
    LUA_PATH='x;;y' lua -e 'print(package.path)'
    """#,
    #"""
    LUA_CPATH='x;;' lua -e 'print(package.cpath)'
    """#,
    #"""
    LUA_PATH='x;;y' lua -E -e 'print(package.path)'
    """#,
    #"""
    LUA_PATH_5_4='' lua -e 'print(package.path)'
    """#,
    #"""
    lua args.lua
    """#,
    #"""
    lua args.lua a 'b c' ''
    """#,
    #"""
    lua args.lua -v -e x
    """#,
    #"""
    lua -- args.lua -- a
    """#,
    #"""
    lua -W args.lua a
    """#,
    #"""
    lua - a b < args.lua
    """#,
    #"""
    lua -- - a < args.lua
    """#,
    #"""
    lua - < /dev/null
    """#,
    #"""
    lua < args.lua
    """#,
    #"""
    lua -i args.lua a < /dev/null
    """#,
    #"""
    lua -i - < args.lua
    """#,
    #"""
    lua nofile.lua
    """#,
    #"""
    lua .
    """#,
    #"""
    lua -i nofile.lua < /dev/null
    """#,
    #"""
    lua unreadable.lua
    """#,
    #"""
    lua empty.lua
    """#,
    #"""
    lua shebang.lua
    """#,
    #"""
    lua shebang_only.lua
    """#,
    #"""
    lua comment.lua
    """#,
    #"""
    lua bom.lua
    """#,
    #"""
    lua bomshebang.lua
    """#,
    #"""
    lua crlf.lua
    """#,
    #"""
    lua crerror.lua
    """#,
    #"""
    lua nul.lua
    """#,
    #"""
    lua nulend.lua
    """#,
    #"""
    lua longline.lua
    """#,
    #"""
    lua binary.luac
    """#,
    #"""
    lua truncated.luac
    """#,
    #"""
    lua broken.luac
    """#,
    #"""
    lua runtime.lua
    """#,
    #"""
    lua nested.lua
    """#,
    #"""
    lua coroutine.lua
    """#,
    #"""
    lua close.lua
    """#,
    #"""
    lua closeerror.lua
    """#,
    #"""
    lua gcerror.lua
    """#,
    #"""
    lua exit.lua
    """#,
    #"""
    lua exittrue.lua
    """#,
    #"""
    lua exitclose.lua
    """#,
    #"""
    lua yield.lua
    """#,
    #"""
    lua goto.lua
    """#,
    #"""
    lua manyargs.lua
    """#,
    #"""
    printf 'print(1)' | lua
    """#,
    #"""
    printf 'print(1)\n=1\n' | lua
    """#,
    #"""
    printf '#!/usr/bin/lua\nprint(1)\n' | lua -
    """#,
    #"""
    printf 'x = \n' | lua
    """#,
    #"""
    printf 'print"\\0a\\xff"' | lua | od -c
    """#,
    #"""
    printf 'print "a\0b"\n' | lua | od -c
    """#,
    #"""
    printf 'print(io.read("a"))' | lua
    """#,
    #"""
    printf 'io.stdout:setvbuf "full" print(1) os.exit(0)' | lua
    """#,
    #"""
    printf 'io.stdout:setvbuf "full" print(1) os.exit(0, true)' | lua
    """#,
    #"""
    printf '1\n2, 3\n"x"\nnil\n{}\n' | lua -i | sed 's/0x[0-9a-f]*/P/'
    """#,
    #"""
    printf 'print' | lua -i | sed 's/0x[0-9a-f]*/P/;s/builtin: [0-9a-f]*/P/'
    """#,
    #"""
    printf 'return\n;\n;;\n  \n\n' | lua -i
    """#,
    #"""
    printf '= 1\n=\n==1\n' | lua -i
    """#,
    #"""
    printf 'x = {\n1,\n2}\n#x\n' | lua -i
    """#,
    #"""
    printf 's = [[\na\nb]]\ns\n' | lua -i
    """#,
    #"""
    printf -- '--[[ open\nclosed ]] 5\n' | lua -i
    """#,
    #"""
    printf 'x = "open\n5\n' | lua -i
    """#,
    #"""
    printf 'error "x"\n5\n' | lua -i
    """#,
    #"""
    printf 'error()\nerror({})\nerror(nil)\n' | lua -i
    """#,
    #"""
    printf 'local function f() error "deep" end f()\n' | lua -i
    """#,
    #"""
    printf 'os.exit(4)\n5\n' | lua -i
    """#,
    #"""
    printf 'os.exit(true, true)\n' | lua -i
    """#,
    #"""
    printf 'print = nil\n5\n6\n' | lua -i
    """#,
    #"""
    printf 'print = function() error "p" end\n5\n' | lua -i
    """#,
    #"""
    printf 'print = function(...) io.write("<", select("#", ...), ">") end\n5, nil\nnil\n' | lua -i
    """#,
    #"""
    printf '_PROMPT = "a "\n1\n_PROMPT = nil\n_PROMPT2 = "b "\nif x then\nend\n' | lua -i
    """#,
    #"""
    printf '_PROMPT = setmetatable({}, {__tostring = function() return "T " end})\n1\n' | lua -i
    """#,
    #"""
    printf '_PROMPT = 5\n1\n' | lua -i
    """#,
    #"""
    printf '_PROMPT = setmetatable({}, {__tostring = function() error "bad" end})\n1\n' | lua -i
    """#,
    #"""
    printf 'io.read()\nline\n5\n' | lua -i
    """#,
    #"""
    printf 'coroutine.yield(1)\n' | lua -i
    """#,
    #"""
    printf 'local x <const> = 1\nx\nlocal y <close> = setmetatable({}, {__close = function() print "c" end})\n' | lua -i
    """#,
    #"""
    printf 'goto a\n::a:: print "b"\n' | lua -i
    """#,
    #"""
    printf '1 2\n+\n)\nend\n' | lua -i
    """#,
    #"""
    printf 'a.b.c\na.b()\n' | lua -i
    """#,
    #"""
    printf 'debug.traceback "t"\n' | lua -i
    """#,
    #"""
    printf 'debug.getinfo(1, "S").source, debug.getinfo(1, "S").short_src, debug.getinfo(1, "S").what\n' | lua -i
    """#,
    #"""
    printf 'print(...)\nselect("#", ...)\n' | lua -i args.lua a b
    """#,
    #"""
    printf 'arg[0], arg[1]\n' | lua -i args.lua a b
    """#,
    #"""
    printf '5\r\n6\r\n' | lua -i | sed 1d | od -c
    """#,
    #"""
    printf '"a\0b"\n6\n' | lua -i | sed 1d | od -c
    """#,
    #"""
    printf '5 -- no newline' | lua -i
    """#,
    #"""
    printf ':ps\n?x\n_\n_1\n_err\nmp\nhelp\n' | lua -i
    """#,
    #"""
    printf '5;\n' | lua -i
    """#,
    #"""
    printf 'warn "x"\nwarn "@on"\nwarn "y"\n' | lua -i
    """#,
    #"""
    printf 'string.format("%%d", 1.5)\n' | lua -i
    """#,
    #"""
    printf 'setmetatable({}, {__gc = function() print "gc" end}) x = nil\n' | lua -i | sed 's/0x[0-9a-f]*/P/'
    """#,
    #"""
    printf '%s\n' "return '$(head -c 3000 /dev/zero | tr '\0' x)'" | lua -i | sed 1d | md5sum
    """#,
    #"""
    printf '1\n' | lua -i -W -E -v -e 'print "e"'
    """#,
    #"""
    printf '1\n' | lua -i -e 'error "e"'
    """#,
    #"""
    printf '1\n' | lua -e 'print "e"' -i
    """#,
    #"""
    printf '1\n' | lua -v -
    """#,
    #"""
    printf '1\n' | lua -v
    """#,
    #"""
    lua -e 'print(1)' >&-; echo $?
    """#,
    #"""
    lua -e 'io.write(1)' > /dev/full; echo $?
    """#,
    #"""
    lua -e 'print(io.write("x"):close())' > /dev/full; echo $?
    """#,
    #"""
    lua -e 'error "x"' 2>&-; echo $?
    """#,
    #"""
    lua -e 'print(io.read())' <&-; echo $?
    """#,
    #"""
    lua <&-; echo $?
    """#,
    #"""
    lua - <&-; echo $?
    """#,
    #"""
    lua -e 'print(io.stdout, io.stderr, io.stdin)' | sed 's/0x[0-9a-f]*/P/g'
    """#,
    #"""
    lua -h
    """#,
    #"""
    lua --
    """#,
    #"""
    lua -- < /dev/null
    """#,
    #"""
    lua ---
    """#,
    #"""
    lua -vv
    """#,
    #"""
    lua -v -h
    """#,
    #"""
    lua -i -h < /dev/null
    """#,
    #"""
    lua -ex
    """#,
    #"""
    lua -W -W -e 'warn "w"'
    """#,
    #"""
    lua -Wx
    """#,
    #"""
    lua -Ee 'print(1)'
    """#,
    #"""
    lua -E -W -v
    """#,
    #"""
    lua ''
    """#,
    #"""
    lua -e 'print(#arg)' -- a b
    """#,
    #"""
    lua -e 'print(arg[1], arg[0], arg[-1], arg[-2], arg[-3])' args.lua x
    """#,
    #"""
    lua -e 'arg = nil' args.lua x
    """#,
    #"""
    lua -e 'arg[1] = "changed" arg[5] = 5' args.lua x
    """#,
    #"""
    lua -e 'setmetatable(arg, {__len = function() return 3 end})' args.lua x
    """#,
    #"""
    lua -e 'setmetatable(arg, {__len = function() return 1e9 end})' args.lua x
    """#,
    #"""
    lua -e 'os.exit(false)'; echo $?
    """#,
    #"""
    lua -e 'os.exit(256 + 7)'; echo $?
    """#,
    #"""
    lua -e 'os.exit(-1)'; echo $?
    """#,
    #"""
    lua -e 'local t <close> = setmetatable({}, {__close = function() print "closed" end}) os.exit(0, true)'
    """#,
    #"""
    lua -e 'setmetatable({}, {__gc = function() print "gc" end})'
    """#,
    #"""
    lua -e 'setmetatable({}, {__gc = function() error "gc" end})'
    """#,
    #"""
    lua -W -e 'setmetatable({}, {__gc = function() error "gc" end})'
    """#,
    #"""
    lua -e 'package.loaded.string.upper = nil print(("x").upper)'
    """#,
    #"""
    lua -e 'require = nil' -l m
    """#,
    #"""
    lua -e 'print(package.config)'
    """#,
    #"""
    lua -e 'print(_VERSION, math.maxinteger, 2^63, 1e15, 0x10p2)'
    """#,
    #"""
    lua -e 'print(collectgarbage "generational")'
    """#,
    #"""
    lua -e 'print(debug.traceback())'
    """#,
    #"""
    lua -e 'coroutine.wrap(function() error "in co" end)()'
    """#,
    #"""
    lua -e 'print(pcall(coroutine.wrap(function() error({}) end)))' | sed 's/0x[0-9a-f]*/P/'
    """#,
    #"""
    lua -e 'print(load("x = ", "=(load)"))' -e 'print(load("x = ", "@f"))' -e 'print(load("x ="))'
    """#,
  ]

  /// The files that the commands name, as arguments of `printf`.
  static let files: KeyValuePairs<String, String> = [
    "args.lua": #"""
    print(#arg, arg[0], ...)\n
    """#,
    "init.lua": #"""
    print "init"\n
    """#,
    "m.lua": #"""
    print("loading", ...) return {__name = 1} and 7\n
    """#,
    "bad.lua": #"""
    error "in module"\n
    """#,
    "syntax.lua": #"""
    x = = 1\n
    """#,
    "empty.lua": #"""

    """#,
    "shebang.lua": #"""
    #!/usr/bin/lua\nprint(1)\nerror "two"\n
    """#,
    "shebang_only.lua": #"""
    #!/usr/bin/lua
    """#,
    "comment.lua": #"""
    -- only
    """#,
    "bom.lua": #"""
    \357\273\277print "bom"\n
    """#,
    "bomshebang.lua": #"""
    \357\273\277#!x\nprint "bom"\n
    """#,
    "crlf.lua": #"""
    print "a"\r\nprint [[b\r\nc]]\r\n
    """#,
    "crerror.lua": #"""
    \r\n\n\rerror "line"\r\n
    """#,
    "nul.lua": #"""
    print("a\000b")\n
    """#,
    "nulend.lua": #"""
    print(1)\n\000
    """#,
    "broken.luac": #"""
    \033Lua\123garbage
    """#,
    "runtime.lua": #"""
    local t = nil\nprint(t.x)\n
    """#,
    "nested.lua": #"""
    local function f() error({}) end\nlocal ok, e = pcall(f) print(ok, type(e))\nprint(select(2, pcall(error, "x", 2)))\nlocal t = setmetatable({}, {__index = function(t, k) error("idx " .. k) end})\nreturn t.foo\n
    """#,
    "coroutine.lua": #"""
    local co = coroutine.create(function() local x = nil; x() end)\nprint(coroutine.resume(co))\nprint(debug.traceback(co))\ncoroutine.wrap(function() error "w" end)()\n
    """#,
    "close.lua": #"""
    local x <close> = setmetatable({}, {__close = function(_, e) print("closing", e) end})\nerror "e"\n
    """#,
    "closeerror.lua": #"""
    local x <close> = setmetatable({}, {__close = function(_, e) error("again: " .. e, 0) end})\nerror("e", 0)\n
    """#,
    "gcerror.lua": #"""
    setmetatable({}, {__gc = function() error "gc" end}) collectgarbage() print "on"\n
    """#,
    "exit.lua": #"""
    io.write "no newline" os.exit(5)\n
    """#,
    "exittrue.lua": #"""
    io.write "x" os.exit(true, true)\n
    """#,
    "exitclose.lua": #"""
    setmetatable({}, {__gc = function() print "gc" end})\nlocal t <close> = setmetatable({}, {__close = function() print "c" end})\nos.exit(6, true)\n
    """#,
    "yield.lua": #"""
    coroutine.yield()\n
    """#,
    "goto.lua": #"""
    goto nowhere\n
    """#,
    "manyargs.lua": #"""
    print(select("#", table.unpack({}, 1, 200)))\nprint(pcall(table.unpack, {}, 1, 1e8))\n
    """#,
    "unreadable.lua": #"""
    print(1)\n
    """#,
  ]

  /// Makes the files that take more.
  static let preparation = #"""
    chmod 0 unreadable.lua
    { printf 'print(#"'; head -c 200000 /dev/zero | tr '\0' x; printf '")\n'; } > longline.lua
    lua5.4 -e 'io.open("binary.luac", "wb"):write(string.dump(load("print(...) error [[b]]", "=bin"))):close()'
    head -c 60 binary.luac > truncated.luac
    """#
}
