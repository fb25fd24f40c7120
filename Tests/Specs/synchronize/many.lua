-- 100,000 locks made and dropped, and as many alive at once; the same for semaphores, and for the other
-- primitives together: no descriptor, no memory.
local mp = require "multiprocessing"
local function descriptors()
  local n = 0
  for fd = 0, 255 do
    local f = io.open("/proc/self/fdinfo/" .. fd)
    if f then
      n = n + 1
      f:close()
    end
  end
  return n
end
local function resident()
  for line in io.lines "/proc/self/status" do
    local kib = line:match "^VmRSS:%s+(%d+)"
    if kib then return tonumber(kib) end
  end
end
local first = mp.Lock()
for _ = 1, 20000 do mp.Lock() end
collectgarbage()
local fds, kib = descriptors(), resident()
for i = 1, 100000 do
  local lock = i % 2 == 0 and mp.Lock() or mp.RLock()
  lock:acquire()
  if i % 3 > 0 then lock:release() end
end
collectgarbage()
assert(descriptors() == fds)
assert(resident() - kib < 4096, resident() - kib)
-- As many at once.
local locks = {}
for i = 1, 100000 do locks[i] = mp.Lock() end
assert(descriptors() == fds)
for i = 1, 100000, 1000 do assert(locks[i]:acquire() and locks[i]:locked()) end
assert(not locks[2]:locked() and first:acquire())
locks = nil
collectgarbage()
local before = resident()
for _ = 1, 100000 do mp.Lock() end
collectgarbage()
assert(resident() - before < 16384, resident() - before)

-- The other primitives.
local makers = {
  {100000, function() return mp.Semaphore(3) end},
  {10000, function() return mp.BoundedSemaphore(3) end}, {10000, mp.Event}, {10000, mp.Condition},
  {10000, function() return mp.Barrier(2) end},
}
local function use(one)
  if one.acquire then
    assert(one:acquire(false))
    one:release()
  elseif one.set then
    one:set()
    assert(one:is_set() and one:wait())
  else
    assert(one.n_waiting == 0)
  end
end
for round = 1, 2 do
  local all = {}
  for position, maker in ipairs(makers) do
    all[position] = {}
    for i = 1, maker[1] do all[position][i] = maker[2]() end
    for i = 1, maker[1], 100 do use(all[position][i]) end
  end
  assert(descriptors() == fds)
  all = nil
  collectgarbage()
  collectgarbage()
  if round == 1 then kib = resident() end
end
assert(resident() - kib < 16384, resident() - kib)
print "ok"
