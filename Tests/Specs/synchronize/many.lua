-- 100,000 locks made and dropped: no descriptor, no memory.
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
print "ok"
