-- mp.repr: Lua syntax that reads back as the same value.
local mp = require "multiprocessing"
local function is(text, v) assert(mp.repr(v) == text, mp.repr(v)) end
is("nil", nil)
is("{\"hello world\"}", {"hello world"})
is("{1, 2, {3}, [\"a b\"] = true, name = \"x\"}", {1, 2, {3}, ["a b"] = true, name = "x"})
is("\"a\\\"\\\\\\n\\000\\1277\"", "a\"\\\n\0\1277")
is("{}", {})
is("-0.0", -0.0)
is("1.0", 1.0)
is("0.1", 0.1)
is("math.mininteger", math.mininteger)
is("math.huge", math.huge)
is("-math.huge", -math.huge)
is("0/0", 0 / 0)
is("{[\"end\"] = 1}", {["end"] = 1})
for _, v in ipairs{0.1 + 0.2, 1 / 3, 1e100, 1e16, 2 ^ 53, 5e-324, 123456789.125, -1e-7,
  math.maxinteger, math.mininteger, 1e15, 100000.0} do
  local back = load("return " .. mp.repr(v))()
  assert(back == v and math.type(back) == math.type(v), mp.repr(v))
end
local cycle = {1}
cycle.me = cycle
is("{1, me = <cycle>}", cycle)
is("{{}, {}}", {{}, {}})
is("<thing>", setmetatable({}, {__tostring = function() return "thing" end}))
assert(mp.repr(print):find "^<function: " and mp.repr(mp.Queue()):find "^<Queue at ")
assert(mp.repr(mp.range(3)) == "<range(0, 3)>")
local deep = {}
for _ = 1, 100000 do deep = {deep} end
assert(mp.repr(deep):find("{...}", 1, true))
assert(not pcall(mp.repr))
local ok, err = pcall(mp.repr, {setmetatable({}, {__tostring = function() error "no" end})})
assert(not ok and tostring(err):find "no")
print "ok"
