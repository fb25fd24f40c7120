// The scripts that the command lines of the tests run.

extension CommandLine {
  static let files = [
    "arg0.lua": "print(arg[0])",
    "args.lua": "for i=-5,#arg+1 do print(i, arg[i]) end print(select(\"#\",...),...)",
    "bin.lua": "",
    "chunkret.lua": "return 1,2,3",
    "close.lua":
      "local a <close> = setmetatable({},{__close=function(_,e) print(\"c\",e) end}) error(\"xx\")",
    "closeerr.lua":
      "local a <close> = setmetatable({},{__close=function(_,e) error(\"in close\") end}) error(\"xx\")",
    "coarg.lua": "coroutine.resume(1)",
    "coarg2.lua": "coroutine.wrap(1)",
    "coarg3.lua": "coroutine.close()",
    "coclose.lua":
      "local co=coroutine.create(function() coroutine.yield() end) coroutine.resume(co) print(coroutine.close(co)) print(pcall(coroutine.close, coroutine.running())) coroutine.close(coroutine.running())",
    "coerr.lua":
      "local co=coroutine.wrap(function() local x <close> = setmetatable({},{__close=function() print(\"closed\") end}) error(\"in co\") end) co()",
    "corec.lua":
      "local co co=coroutine.create(function() print(coroutine.resume(co)) coroutine.wrap(function() print(coroutine.status(co), pcall(coroutine.close,co)) end)() end) coroutine.resume(co) print(coroutine.resume(co))",
    "dofile.lua": "print(dofile(\"chunkret.lua\")) dofile(\"err.lua\")",
    "empty.lua": "",
    "err.lua": "local function f() error(\"boom\") end\nlocal function g() f() end\ng()",
    "err0.lua": "error(\"level0\",0)",
    "err2.lua": "local function f() error(\"lvl2\",2) end f()",
    "errb.lua": "error(true)",
    "errf.lua": "error(1.5)",
    "errm.lua": "error(setmetatable({},{__tostring=function() return \"custom\" end}))",
    "errm2.lua": "error(setmetatable({},{__tostring=function() error(\"inner\") end}))",
    "errm3.lua": "error(setmetatable({},{__tostring=function() return 7 end}))",
    "errm4.lua": "error(setmetatable({},{__tostring=1}))",
    "errn.lua": "error(42)",
    "errname.lua": "error(setmetatable({},{__name=\"My.Type\"}))",
    "errnil.lua": "error()",
    "errt.lua": "error({})",
    "errz.lua": "error(\"a\\0b\")",
    "exit256.lua": "os.exit(256+7)",
    "exit3.lua": "setmetatable({},{__gc=function() print(\"fin\") end}) os.exit(3)",
    "exit3c.lua": "setmetatable({},{__gc=function() print(\"fin\") end}) os.exit(3,true)",
    "exitF.lua": "os.exit(false)",
    "exitT.lua": "os.exit(true)",
    "exitco.lua":
      "coroutine.wrap(function() local x <close> = setmetatable({},{__close=function() print\"closed\" end}) os.exit(4,true) end)()",
    "gcexit.lua": "setmetatable({},{__gc=function() print(\"fin\") end})",
    "gcmode.lua": "print(collectgarbage(\"incremental\"))",
    "getinfo.lua":
      "local i=debug.getinfo(require) print(i.what,i.short_src,i.nups,i.nparams,i.isvararg) i=debug.getinfo(coroutine.resume) print(i.what,i.nups) i=debug.getinfo(coroutine.wrap) print(i.what,i.nups) print(debug.getinfo(1,\"S\").what, debug.getinfo(2,\"S\").what, debug.getinfo(3))",
    "gmeta.lua":
      "setmetatable(_G,{__index=function(_,k) error(\"undef \"..k,2) end}) print(pcall(function() return zzz end)) return zzz",
    "hook.lua":
      "local n=0 debug.sethook(function(e,l) n=n+1 end,\"l\") for i=1,10 do local x=i end debug.sethook() print(n) print(debug.gethook())",
    "lines.lua": "for l in io.lines() do print(\"[\"..l..\"]\") end",
    "mod1.lua": "print(\"loading\", ...) return {}",
    "moderr.lua": "error(\"in mod\")",
    "modsyn.lua": "x = = 2",
    "ok.lua": "print(\"ok\", ...)",
    "out.lua":
      "io.write(\"no newline\") io.stderr:write(\"e1\") io.write(\"more\") io.stderr:write(\"e2\")",
    "read.lua": "print(io.read(\"n\",\"l\",\"L\",\"a\"))",
    "req3.lua": "package.searchers=nil require\"zz\"",
    "req4.lua": "require()",
    "req6.lua":
      "package.preload.p=function(...) print(...) end print(require\"p\") print(package.loaded.p)",
    "req7.lua": "package.searchers[1]=function() error(\"srch\") end require\"q\"",
    "setarg.lua": "print(#arg, arg[1])",
    "setv.lua": "io.stdout:setvbuf(\"full\") io.write(\"x\") io.stderr:write(\"y\")",
    "shebang.lua": "#!/usr/bin/lua\nprint(debug.getinfo(1).currentline)",
    "shebang2.lua": "#!x",
    "stk.lua": "local i=0 while debug.getinfo(i) do print(i,debug.getinfo(i,\"S\").what) i=i+1 end",
    "strict.lua": "setmetatable(_G,{__newindex=function(_,k) error(\"assign \"..k,2) end}) y=1",
    "syn.lua": "x = = 1",
    "syn2.lua": "print(\"a\"",
    "syn3.lua": "goto x",
    "syn4.lua": "x = \"abc\ny",
    "tb.lua":
      "local t=setmetatable({},{__index=function(t,k) error(\"idx \"..k) end, __add=function() error\"add\" end}) function glob() local x = t.foo return x end local ok, e = xpcall(glob, debug.traceback) print(e) local m={} function m.meth(self) return t+1 end m:meth()",
    "tb10.lua": "io.open()",
    "tb11.lua": "setmetatable(1,2)",
    "tb2.lua": "table.sort({3,2,1}, function(a,b) error(\"cmp\") end)",
    "tb3.lua": "string.gsub(\"abc\", \".\", function() error(\"gs\") end)",
    "tb4.lua": "for i in nil do end",
    "tb5.lua": "local x = 1 + {}",
    "tb6.lua": "return foo.bar.baz",
    "tb8.lua": "string.rep()",
    "tb9.lua": "(\"x\"):rep({})",
    "ver.lua": "print(_VERSION)",
    "warn.lua":
      "warn(\"@on\") warn(\"a\",\"b\") warn(\"@off\") warn(\"x\") warn(\"@on\",\"y\") warn(\"@on\") warn(\"z\") setmetatable({},{__gc=function() error(\"gcerr\") end}) collectgarbage() warn(\"@bogus\") warn(\"\",\"\")",
    "warn2.lua":
      "warn(\"one\") warn(\"@on\") warn(\"two\") warn(\"@off\",\"not control\") warn(\"@off\") warn(\"three\")",
    "xp.lua":
      "print(xpcall(error, function(m) error(\"h\") end, \"x\")) print(xpcall(function() error(\"e\") end, function(m) return m..\"!\" end))",
  ]
}
