-- A newcomer's slips: the messages say what to write.
local mp = require "multiprocessing"

local function says(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and err.message:find(text, 1, true), tostring(err))
end
says(mp.TypeError, "call it as mp.Value(), with a dot", function() mp:Value("i") end)
says(mp.TypeError, "call it as mp.RawArray(), with a dot", function() mp:RawArray("i", 3) end)
says(mp.TypeError, "Value() missing 1 required argument: 'typecode_or_type'", mp.Value)
says(mp.TypeError, "Value() takes at most 2 arguments (3 given)", mp.Value, "i", 1, 2)
says(mp.TypeError, "unexpected keyword argument 'lok'; it takes typecode_or_type, value, lock",
  mp.Value, "i", 1, {lok = false})
says(mp.TypeError, 'positional value in a keyword table; write Value("i", 0, {lock = false})', mp.Value, "i", {1})
says(mp.TypeError, "Array() takes at most 2 arguments (3 given)", mp.Array, "i", 1, 2)

local v, a = mp.Value("i"), mp.Array("i", 3)
says(mp.AttributeError, "'Value' object has no attribute 'valeu' to set", function() v.valeu = 1 end)
says(mp.AttributeError, "'RawValue' object has no attribute 'x' to set", function() mp.RawValue("i").x = 1 end)
says(mp.TypeError, "call it as v:get_lock()", function() v.get_lock() end)
says(mp.TypeError, "call it as a:sum()", function() a.sum() end)
says(mp.TypeError, "call it as a:get()", function() a.get(1, 2) end)
says(mp.TypeError, "Array expected, got Value; call it as a:", function() a.sum(v) end)
says(mp.TypeError, "Value or Array expected, got Queue; call it as v:get_obj()", function() v.get_obj(mp.Queue()) end)
says(mp.TypeError, "get_lock() takes no arguments (1 given)", v.get_lock, v, 1)
says(mp.TypeError, "get() takes at most 2 arguments (3 given)", a.get, a, 1, 2, 3)
says(mp.TypeError, "sum() got an unexpected keyword argument 'k'", a.sum, a, {k = 1})
says(mp.TypeError, "block must be a boolean, got number", v.acquire, v, 5)
says(mp.TypeError, "release() takes no arguments (1 given)", v.release, v, 1)
says(mp.TypeError, "write lock:with(f, …)", v.with, v)
says(mp.AssertionError, "attempt to release recursive lock not owned", v.release, v)
assert(v.valeu == nil and a.x == nil)

-- Methods called on foreign userdata, without a crash.
local get, set = getmetatable(a).__index, getmetatable(a).__newindex
for _, wrong in ipairs{io.stdout, v, "x", 5, {}, print} do
  assert(not pcall(get, wrong, 1) and not pcall(set, wrong, 1, 1))
end
assert(not pcall(get) and not pcall(set) and not pcall(getmetatable(v).__index))
assert(pcall(set, a, 1, 5) and get(a, 1) == 5 and not pcall(set, a, 1) and not pcall(set, a))
print "ok"
