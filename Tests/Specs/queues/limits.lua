-- maxsize, block, timeouts, and exact counts.
local mp = require "multiprocessing"

local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err) == text, tostring(err))
end
local function seconds(f, ...)
  local from = mp.time()
  f(...)
  return mp.time() - from
end

for _, size in ipairs{0, -1, math.mininteger} do
  local q = mp.Queue(size)
  for i = 1, 100 do q:put(i) end
  assert(not q:full() and q:qsize() == 100 and #q == 100)
end
local q = mp.Queue(2)
assert(q:empty() and not q:full() and #q == 0)
q:put(1)
assert(not q:empty() and not q:full() and #q == 1)
q:put_nowait(2)
assert(q:full() and q:qsize() == 2)
raises(mp.Full, "Full: the queue is full", q.put_nowait, q, 3)
raises(mp.Full, "Full: the queue is full", q.put, q, 3, false)
raises(mp.Full, "Full: the queue is full", q.put, q, 3, false, 1000)
raises(mp.Full, "Full: the queue is full", q.put, q, 3, {timeout = -1})
raises(mp.Full, "Full: the queue is full", q.put, q, 3, true, 0)
local waited = seconds(raises, mp.Full, "Full: the queue is full", q.put, q, 3, true, 0.05)
assert(waited >= 0.05 and waited < 5)
assert(q:try_put(3) == false and q:try_put(3, 0.01) == false and q:try_put(3, {timeout = 0}) == false)
assert(q:get() == 1 and q:get_nowait() == 2)
raises(mp.Empty, "Empty: the queue is empty", q.get_nowait, q)
raises(mp.Empty, "Empty: the queue is empty", q.get, q, false)
raises(mp.Empty, "Empty: the queue is empty", q.get, q, {block = false, timeout = 1000})
raises(mp.Empty, "Empty: the queue is empty", q.get, q, true, -math.huge)
waited = seconds(raises, mp.Empty, "Empty: the queue is empty", q.get, q, {timeout = 0.05})
assert(waited >= 0.05 and waited < 5)
local ok, value = q:try_get()
assert(ok == false and value == nil and select("#", q:try_get()) == 1)
assert(q:try_put(nil) == true and q:try_put(false, 1) == true)
assert(select("#", q:try_get()) == 2 or false)
ok, value = q:try_get(1)
assert(ok == true and value == false)
q:put("x", true, math.huge)
assert(q:get(true, 1e300) == "x")
assert(mp.Queue(math.maxinteger):try_put(1))
print "ok"
