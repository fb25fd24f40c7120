-- send_bytes and recv_bytes: offsets, sizes, the longest message taken.
local mp = require "multiprocessing"

local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err) == class.name .. ": " .. text, tostring(err))
end
local a, b = mp.Pipe()
local function sent(...)
  a:send_bytes(...)
  return b:recv_bytes()
end
assert(sent("hello") == "hello" and sent("hello", 2) == "llo" and sent("hello", 1, 3) == "ell")
assert(sent("hello", {offset = 4}) == "o" and sent("hello", 5) == "" and sent("hello", 5, 0) == "")
assert(sent("hello", {size = 2}) == "he" and sent("a\0b\255") == "a\0b\255")
raises(mp.ValueError, "offset is negative", a.send_bytes, a, "x", -1)
raises(mp.ValueError, "buffer length < offset", a.send_bytes, a, "x", 2)
raises(mp.ValueError, "size is negative", a.send_bytes, a, "x", 0, -1)
raises(mp.ValueError, "buffer length < offset + size", a.send_bytes, a, "x", 1, 1)
raises(mp.ValueError, "buffer length < offset + size", a.send_bytes, a, "x", 1, math.maxinteger)
raises(mp.ValueError, "buffer length < offset", a.send_bytes, a, "x", math.maxinteger)
raises(mp.TypeError,
  "buf must be a string, an array or the buf of a SharedMemory, got table; conn:send() sends any value",
  a.send_bytes, a, {})
raises(mp.TypeError,
  "buf must be a string, an array or the buf of a SharedMemory, got number; conn:send() sends any value",
  a.send_bytes, a, 5)
raises(mp.TypeError, "send_bytes() missing 1 required argument: 'buf'", a.send_bytes, a)
raises(mp.TypeError, "offset must be an integer, got 0.5", a.send_bytes, a, "x", 0.5)
assert(not b:poll())

raises(mp.ValueError, "negative maxlength", b.recv_bytes, b, -1)
a:send_bytes("12345")
assert(b:recv_bytes(5) == "12345")
a:send_bytes("12345")
raises(mp.OSError, "bad message length", b.recv_bytes, b, {maxlength = 4})
-- Both ways: it can only send now. One way: it is closed.
assert(not b.readable and b.writable and not b.closed)
raises(mp.OSError, "connection is write-only", b.recv_bytes, b)
b:send_bytes("still")
assert(a:recv_bytes() == "still")
local r, w = mp.Pipe(false)
w:send_bytes(("x"):rep(1000))
raises(mp.OSError, "bad message length", r.recv_bytes, r, 0)
assert(r.closed)

-- A value received as bytes and bytes received as a value: never a crash.
a, b = mp.Pipe()
a:send{1}
assert(type(b:recv_bytes()) == "string")
a:send_bytes("\xff\xfe rubbish")
local ok, err = pcall(b.recv, b)
assert(not ok and err:is(mp.SerializationError), err)
a:send_bytes("")
ok, err = pcall(b.recv, b)
assert(not ok and err:is(mp.SerializationError))
a:send("fine")
assert(b:recv() == "fine")
print "ok"
