-- fork only: the copies of a process have its globals, and lose some here.
-- The globals that a function reads travel with it to a process that lacks them, however they are
-- reached; who has one keeps it.
local mp = require "multiprocessing"
local globals = _G
local function set(values) for name, value in pairs(values) do globals[name] = value end end
local down, up = mp.Queue(), mp.Queue()

-- Runs f in a process without the globals of these names; what it returns.
local function without(names, f, ...)
  local p = mp.Process{target = function()
    for _, name in ipairs(names) do globals[name] = nil end
    local got = down:get()
    up:put(table.pack(pcall(got.f, table.unpack(got.arguments, 1, got.arguments.n))))
  end}
  p:start()
  down:put{f = f, arguments = table.pack(...)}
  local results = up:get()
  p:join()
  return table.unpack(results, 1, results.n)
end

local function code(text) return assert(load(text, "=chunk")) end

set{g_number = 5, g_table = {1, {2}}, g_false = false}
local ok, a, b, c = without({"g_number", "g_table", "g_false"},
  code "return g_number, g_table[2][1], g_false")
assert(ok and a == 5 and b == 2 and c == false)

-- Functions that call each other, and what those read; an inner function, one in a table.
code [[
function g_even(n) if n == 0 then return g_word end return g_odd(n - 1) end
function g_odd(n) if n == 0 then return "odd" end return g_even(n - 1) end
g_word = "even"
g_ops = {run = function(n) return g_even(n) end}
]]()
local all = {"g_even", "g_odd", "g_word", "g_ops"}
ok, a = without(all, globals.g_odd, 7)
assert(ok and a == "even")
ok, a = without(all, code "local f = function(n) return (function() return g_ops.run(n) end)() end return f(3)")
assert(ok and a == "odd")
ok, a, b = without(all, code "g_even(1) return g_even == g_ops.even, rawequal(g_odd, _G.g_odd)")
assert(ok and a == false and b == true)

-- The receiver's own stays; so does one that is set to false.
set{g_mine = 1}
local p = mp.Process{target = function()
  globals.g_mine = 2
  globals.g_false = false
  globals.g_table = nil
  local f = down:get()
  up:put{f()}
end}
p:start()
set{g_false = "sent"}
down:put(code "return g_mine, g_false, g_table[1]")
local got = up:get()
p:join()
assert(got[1] == 2 and got[2] == false and got[3] == 1)

-- Through _G, through _ENV, through a local of it, with more names than an instruction can hold.
ok, a = without({"g_number"}, code "return _G.g_number")
assert(ok and a == 5)
ok, a = without({"g_number"}, code "local e = _ENV return e.g_number")
assert(ok and a == 5)
local many = {}
for i = 1, 400 do many[i] = ("t['k%d'] = %d.5"):format(i, i) end
ok, a = without({"g_number"}, code("local t = {}\n" .. table.concat(many, "\n") .. "\nreturn g_number"))
assert(ok and a == 5)

-- Another environment is a table like any other.
local f = load("return g_number, own", "=chunk", "t", {own = 9})
ok, a, b = without({"g_number"}, f)
assert(ok and a == nil and b == 9)
do
  local _ENV = {own = 3}
  function f() return g_number, own end -- luacheck: ignore 113
end
ok, a, b = without({"g_number"}, f)
assert(ok and a == nil and b == 3)

-- Modules that are globals go by name, the standard ones not at all.
set{g_module = mp, g_string = string}
ok, a, b = without({"g_module", "g_string"}, code "return g_module.getpid ~= nil, g_string.rep('x', 3)")
assert(ok and a == true and b == "xxx")
local dumps = mp.reduction.ForkingPickler.dumps
local plain, calls = code "return 1", code "return print, string.format, _VERSION, arg"
assert(not dumps(calls):find("_VERSION", 1, true) or #dumps(calls) - #dumps(plain) < 200)
local before = #dumps(code "return g_number")
set{g_number = ("x"):rep(1000)}
assert(#dumps(code "return g_number") >= before + 990)
assert(#dumps(code "g_number = 1") < before)

-- What cannot be sent is left out, and only that; the receiver may have it.
set{g_log = io.tmpfile(), g_box = {1, {io.tmpfile()}}, g_good = {7}}
code [[
function g_both() return g_good[1], io.type(g_log) == "file", g_box end
function g_uses() local a, b, c = g_both() return a, b, c and #c end
]]()
local down_only = {"g_both", "g_uses", "g_good", "g_box"}
ok, a, b, c = without(down_only, globals.g_uses)
assert(ok and a == 7 and b == true and c == nil)
ok, a, b, c = without({"g_both", "g_good"}, globals.g_uses)
assert(ok and a == 7 and b == true and c == 2)
ok, a = without({"g_log"}, code "return g_log:write 'x'")
assert(not ok and a == "chunk:1: attempt to index a nil value (global 'g_log')", a)
-- Tables that were begun in what was left out are sent whole where they are needed.
local shared = {5}
set{g_bad = {shared, io.tmpfile()}, g_then = {shared, shared}}
ok, a, b, c = without({"g_bad", "g_then"}, code "return g_bad, g_then[1] == g_then[2], g_then[1][1], ...", shared)
assert(ok and a == nil and b and c == 5)
-- An upvalue is no global: there it is an error.
local log = io.tmpfile()
ok, a = pcall(dumps, function() return log, globals.g_log end)
assert(not ok and a.message:find("upvalue 'log'", 1, true))

-- Strict globals, whose metatable refuses unknown names, take them as well.
setmetatable(globals, {__index = function(_, name) error("unknown " .. name, 2) end,
  __newindex = function(_, name) error("undeclared " .. name, 2) end})
set = rawset
set(globals, "g_strict", 8)
p = mp.Process{target = function()
  rawset(globals, "g_strict", nil)
  up:put(down:get()())
end}
p:start()
down:put(code "return g_strict")
assert(up:get() == 8)
p:join()
print "ok"
