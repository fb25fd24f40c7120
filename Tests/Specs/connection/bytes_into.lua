-- recv_bytes_into, and send_bytes of what it fills: arrays and values.
local mp = require "multiprocessing"

local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err) == class.name .. ": " .. text, tostring(err))
  return err
end
local x, y = mp.Pipe()
for _, make in ipairs{mp.Array, mp.RawArray} do
  local a = make("i", 4)
  x:send_bytes(string.pack("i4i4", 7, 8))
  assert(y:recv_bytes_into(a) == 8 and table.concat(a:get(), " ") == "7 8 0 0")
  -- The offset is bytes to skip.
  x:send_bytes(string.pack("i4i4", 1, 2))
  assert(y:recv_bytes_into(a, 8) == 8 and table.concat(a:get(), " ") == "7 8 1 2")
  x:send_bytes("\9")
  assert(y:recv_bytes_into(a, {offset = 4}) == 1 and a[2] == 9)
  x:send_bytes("")
  assert(y:recv_bytes_into(a, 16) == 0)
  x:send_bytes(string.pack("i4", 5))
  assert(y:recv_bytes_into(a:slice(3, 3)) == 4 and a[3] == 5)

  -- A message that is too long is not lost.
  x:send_bytes("seventeen bytes !")
  local err = raises(mp.BufferTooShort, "the message has 17 bytes, the buffer 16", y.recv_bytes_into, y, a)
  assert(err.value == "seventeen bytes !" and err:is(mp.ProcessError))
  x:send_bytes("12345")
  err = raises(mp.BufferTooShort, "the message has 5 bytes, the buffer 4", y.recv_bytes_into, y, a, 12)
  assert(err.value == "12345")
  assert(table.concat(a:get(), " ") == "7 9 5 2")

  x:send_bytes(a)
  assert(y:recv_bytes() == a:bytes())
  x:send_bytes(a, 4, 8)
  assert(y:recv_bytes() == a:bytes(2, 3))
  x:send_bytes(a:slice(4), {offset = 3})
  assert(y:recv_bytes() == "\0")
  raises(mp.ValueError, "buffer length < offset", x.send_bytes, x, a, 17)
  raises(mp.ValueError, "buffer length < offset + size", x.send_bytes, x, a, 8, 9)
end
local v = mp.Value("d")
x:send_bytes(mp.Value("d", 2.5))
assert(y:recv_bytes_into(v) == 8 and v.value == 2.5)

local a = mp.Array("b", 4)
raises(mp.ValueError, "negative offset", y.recv_bytes_into, y, a, -1)
raises(mp.ValueError, "offset too large", y.recv_bytes_into, y, a, 5)
raises(mp.TypeError,
  "buf must be an array or the buf of a SharedMemory, got string; conn:recv_bytes() gives a string",
  y.recv_bytes_into, y, "x")
raises(mp.TypeError, "recv_bytes_into() missing 1 required argument: 'buf'", y.recv_bytes_into, y)
raises(mp.TypeError, "offset must be an integer, got 0.5", y.recv_bytes_into, y, a, 0.5)
x:close()
raises(mp.EOFError, "end of file", y.recv_bytes_into, y, a)
y:close()
raises(mp.OSError, "handle is closed", y.recv_bytes_into, y, a)

-- A large one, from another process.
local here, there = mp.Pipe()
local big = mp.RawArray("d", 100000)
local p = mp.Process{target = function(conn)
  local own = mp.RawArray("d", mp.range(100000))
  conn:send_bytes(own)
end, args = {there}}
p:start()
assert(here:recv_bytes_into(big) == 800000 and big[100000] == 99999.0 and big:sum() == 4999950000.0)
p:join()

-- The memory of a block takes them too.
do
  local memory = mp.shared_memory.SharedMemory{create = true, size = 16}
  local receiver, sender = mp.Pipe(false)
  sender:send_bytes "hello"
  assert(receiver:recv_bytes_into(memory.buf, 2) == 5)
  assert(memory.buf:get(1, 8) == "\0\0hello\0")
  sender:send_bytes(("x"):rep(20))
  local ok, err = pcall(receiver.recv_bytes_into, receiver, memory.buf)
  assert(not ok and err:is(mp.BufferTooShort) and err.value == ("x"):rep(20))
  sender:send_bytes(memory.buf, 2, 5)
  assert(receiver:recv_bytes() == "hello")
  memory:close()
  ok, err = pcall(sender.send_bytes, sender, memory.buf)
  assert(not ok and err:is(mp.ValueError), tostring(err))
  memory:unlink()
end
print "ok"
