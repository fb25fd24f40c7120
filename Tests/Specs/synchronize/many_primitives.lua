-- 100,000 semaphores alive at once, and as many of the others together: no descriptor; dropped, their
-- memory is used again.
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
local fds = descriptors()
local makers = {
  {100000, function() return mp.Semaphore(3) end},
  {25000, function() return mp.BoundedSemaphore(3) end}, {25000, mp.Event}, {25000, mp.Condition},
  {25000, function() return mp.Barrier(2) end},
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
local kib
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
