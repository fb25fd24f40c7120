-- Typecodes c (one byte) and u (one Unicode character): values, arrays, .value and .raw.
local mp = require "multiprocessing"

local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err):find(text, 1, true), tostring(err))
end
local function set(object, field, x) object[field] = x end

local c = mp.Value("c", "a")
assert(c.value == "a" and tostring(c) == '<Synchronized wrapper for c_char("a")>')
c.value = "\255"
assert(c.value == "\255")
c.value = 98
assert(c.value == "b" and tostring(mp.RawValue("c")) == [[c_char("\0")]])
raises(mp.TypeError, "typecode 'c' takes a string of one byte or a number, got \"ab\"", set, c, "value", "ab")
raises(mp.TypeError, "takes a string of one byte or a number, got boolean", set, c, "value", true)
raises(mp.OverflowError, "256 does not fit typecode 'c' (0 to 255)", set, c, "value", 256)
raises(mp.TypeError, "is text: nothing can be added", c.add, c, 1)

local u = mp.Value("u", "ü")
assert(u.value == "ü")
u.value = "😀"
assert(u.value == "😀" and u:compare_exchange("😀", "x") and u.value == "x")
for _, wrong in ipairs{"", "ab", "\xff", 5} do
  raises(mp.TypeError, "typecode 'u' takes a string of one UTF-8 character", set, u, "value", wrong)
end

local s = mp.Array("c", "hello")
assert(#s == 5 and s.value == "hello" and s.raw == "hello" and s[1] == "h" and s[-1] == "o")
assert(tostring(s):find
  ("^<SynchronizedString wrapper for <multiprocessing.sharedctypes.c_char_Array_5 object at 0x%x+>>$"))
s.value = "hi"
assert(s.value == "hi" and s.raw == "hi\0lo")
s.raw = "abc"
assert(s.raw == "abclo" and s.value == "abclo")
s[1] = "X"
s[2] = 0
assert(s.value == "X" and s:bytes() == "X\0clo" and table.concat(s:get(3)) == "clo")
s:set(2, "yz")
assert(s.raw == "Xyzlo")
s:set(1, {"p", 113})
assert(s.raw == "pqzlo")
s:fill("-", 2, 4)
assert(s.raw == "p---o")
raises(mp.ValueError, "byte string too long: 6 bytes for 5", set, s, "value", "tooooo")
raises(mp.ValueError, "byte string too long", set, s, "raw", "tooooo")
raises(mp.TypeError, "a string expected, got number", set, s, "value", 5)
raises(mp.TypeError, "sum(): typecode 'c' is text", s.sum, s)
raises(mp.TypeError, "max(): typecode 'c' is text", s.max, s)
assert(mp.RawArray("c", 3).raw == "\0\0\0" and mp.RawArray("c", 3).value == "")
assert(mp.Array("c", "").value == "")

local w = mp.Array("u", "grün")
assert(#w == 4 and w[3] == "ü" and w.value == "grün" and w.raw == nil and w.itemsize == 4)
w.value = "né"
assert(w.value == "né" and w[4] == "n" and w[3] == "\0")
raises(mp.ValueError, "string too long: 5 characters for 4", set, w, "value", "grüne")
raises(mp.TypeError, "value must be a string of UTF-8 characters", set, w, "value", "\xff")
raises(mp.TypeError, "is not UTF-8 text", mp.Array, "u", "\xff")
-- What is no character shows as the replacement character.
w:set_bytes(1, string.pack("I4", 0xD800))
assert(w[1] == "\u{FFFD}")

-- Other arrays have neither field.
local n = mp.Array("b", "ab")
assert(n.value == nil and n.raw == nil and n[1] == 97 and n[2] == 98)
raises(mp.AttributeError, "'Array' object has no attribute 'value' to set", set, n, "value", "x")
raises(mp.TypeError, "a string is for the typecodes c, b, B and u, not 'i'", mp.Array, "i", "ab")
print "ok"
