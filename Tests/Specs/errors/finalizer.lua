-- Finalizers that use queues, pipes and locks, also those collected with them, and that raise.
local mp = require "multiprocessing"
local q, a, b, lock = mp.Queue(), mp.Pipe()
lock = mp.Lock()
a, b = mp.Pipe()
local runs = 0
local function trouble()
  setmetatable({}, {__gc = function()
    runs = runs + 1
    q:put{runs, ("x"):rep(100)}
    q:get()
    lock:acquire(false)
    if lock:locked() then lock:release() end
    if runs % 3 == 0 then error "in a finalizer" end
  end})
end
local main = mp.Queue()
for _, mode in ipairs{"generational", "incremental"} do
  collectgarbage(mode)
  for i = 1, 3000 do
    trouble()
    main:put{i, {i, {tostring(i)}}, name = ("n"):rep(i % 50)}
    collectgarbage "step"
    local v = main:get()
    assert(v[1] == i and v[2][2][1] == tostring(i) and #v.name == i % 50)
    b:send(v)
    trouble()
    v = a:recv()
    assert(v[1] == i)
  end
end
collectgarbage()
assert(runs > 1000)

-- A finalizer that closes the very connection that receives: nothing is written over it.
a, b = mp.Pipe()
local big = {}
for i = 1, 3000 do big[i] = {i} end
local closed = false
collectgarbage()
local sender = mp.Process{target = function() b:send(big) end}
sender:start()
sender:join()
setmetatable({}, {__gc = function()
  a:close()
  closed = true
end})
local v = a:recv()
while not closed do v = {v} end
assert(a.closed and tostring(a):find "closed")
local fresh = mp.Pipe()
a:close()
fresh:poll()

-- Objects used by finalizers that run after theirs: an error, never somebody else's memory.
local seen = {}
do
  local holder = setmetatable({}, {__gc = function(self)
    for name, object in pairs(self) do
      local ok, err = pcall(tostring, object)
      seen[name] = ok and "alive" or tostring(err)
      pcall(function() object:put(1) end)
      pcall(function() object:release() end)
      pcall(function() object:close() end)
    end
  end})
  holder.queue, holder.lock = mp.Queue(), mp.Lock()
  holder.first, holder.second = mp.Pipe()
  holder = nil
end
collectgarbage()
collectgarbage()
for i = 1, 100 do
  local x <close> = mp.Queue()
  x:put(i)
  assert(#x == 1)
end
assert(seen.queue == "ValueError: the Queue was collected already", seen.queue)
assert(seen.lock == "ValueError: the Lock was collected already", seen.lock)
local used = mp.Queue()
getmetatable(used).__gc(used)
getmetatable(used).__gc(used)
assert(not pcall(used.put, used, 1) and used ~= mp.Queue())
print "ok"
