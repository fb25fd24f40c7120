-- The memory of an array as a string, and back.
local mp = require "multiprocessing"

local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err):find(text, 1, true), tostring(err))
end
for _, make in ipairs{mp.Array, mp.RawArray} do
  local a = make("i", {1, -2, 3})
  assert(a:bytes() == string.pack("i4i4i4", 1, -2, 3) and a:bytes(2, 2) == string.pack("i4", -2))
  assert(a:bytes(-1) == string.pack("i4", 3) and a:bytes(3, 2) == "")
  a:set_bytes(2, string.pack("i4i4", 70, 80))
  assert(table.concat(a:get(), " ") == "1 70 80")
  a:set_bytes(-3, string.pack("i4", 5))
  a:set_bytes(4, "")
  assert(a[1] == 5)
  raises(mp.ValueError, "3 bytes are no whole number of elements: one has 4 bytes", a.set_bytes, a, 1, "abc")
  raises(mp.IndexError, "2 elements from position 3 on: the array has 3 elements", a.set_bytes, a, 3, ("x"):rep(8))
  raises(mp.IndexError, "invalid index 0", a.set_bytes, a, 0, ("x"):rep(4))
  raises(mp.TypeError, "s must be a string, got number", a.set_bytes, a, 1, 5)
  raises(mp.TypeError, "missing 1 required argument: 's'", a.set_bytes, a, 1)
  local d = make("d", {1.5, 2.5})
  assert(select(2, string.unpack("dd", d:bytes())) == 2.5)
  local b = make("B", "a\0b\255")
  assert(b:bytes() == "a\0b\255" and b[4] == 255 and make("b", "\255")[1] == -1)
end
print "ok"
