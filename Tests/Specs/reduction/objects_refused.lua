-- Bytes make no objects: what is no message with objects is an error, and what cannot take them says so.
local mp = require "multiprocessing"
local dumps, loads = mp.reduction.ForkingPickler.dumps, mp.reduction.ForkingPickler.loads
local lock, q = mp.Lock(), mp.Queue()
local a, b = mp.Pipe()

local function refused(text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(mp.SerializationError), tostring(err))
  assert(err.message:find(text, 1, true), err.message)
end

refused("cannot send x[1] (userdata Lock; it only goes through queues and pipes)", dumps, {x = {lock}})
refused("cannot send x (userdata Array; it only goes through queues and pipes)", dumps,
  {x = mp.Array("i", 3)})
local closed = mp.Pipe()
closed:close()
refused("cannot send conn (userdata Connection; handle is closed)", q.put, q, {conn = closed})
refused("cannot send the value (userdata Connection; handle is closed)", a.send, a, closed)

-- The bytes of a message with objects, without the objects; and cut and changed ones.
a:send{1, lock, q}
local bytes = b:recv_bytes()
assert(#bytes > 20)
refused("damaged message: an object that came with none", loads, bytes)
a:send_bytes(bytes)
refused("damaged message: an object that came with none", b.recv, b)
for count = 0, #bytes - 1 do refused("damaged message", loads, bytes:sub(1, count)) end
for position = 1, #bytes do
  for _, byte in ipairs{0, 1, 0x0D, 0x2D, 0x7F, 0xFF} do
    local ok, err = pcall(loads, bytes:sub(1, position - 1) .. string.char(byte) .. bytes:sub(position + 1))
    assert(ok or err:is(mp.SerializationError), tostring(err))
  end
end

-- A reader that is cut off, one that takes too little, one that takes the bytes: the object stays good.
for _ = 1, 3 do
  local one, other = mp.Pipe(false)
  other:send{lock}
  other:send(("x"):rep(1000))
  assert(#one:recv_bytes() > 0)
  other:send{lock, ("x"):rep(1000)}
  assert(not pcall(one.recv_bytes, one, 10))
end
q:put{lock, q}
q:shutdown(true)
assert(not pcall(q.get, q))
assert(lock:acquire(false) and lock:locked())
lock:release()

-- Nothing is put when there is no room, in time or at once.
local small = mp.Queue(1)
small:put(lock)
for _, f in ipairs{
  function() small:put(lock, false) end,
  function() small:put({lock}, {timeout = 0.01}) end,
  function() small:put_many({{lock}, small}, {timeout = 0.01}) end,
} do
  local ok, err = pcall(f)
  assert(not ok and err:is(mp.Full), tostring(err))
end
assert(not small:try_put(lock))
assert(small:get() == lock and small:empty())
print "ok"
