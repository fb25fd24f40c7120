-- An object in a message outlives its sender, whether that ends or is killed, and a killed receiver
-- takes nothing with it that others hold.
local mp = require "multiprocessing"
local q, ready = mp.Queue(), mp.Queue()
local a, b = mp.Pipe()

local function make(ending)
  local lock, queue = mp.Lock(), mp.Queue()
  lock:acquire()
  queue:put{"inside", lock}
  q:put{lock, queue}
  a:send{lock, queue}
  ready:put(true)
  if ending then return end
  while true do mp.sleep(1000) end
end

for _, ending in ipairs{true, false} do
  local sender = mp.Process{target = make, args = {ending}}
  sender:start()
  ready:get()
  if not ending then sender:kill() end
  sender:join()
  assert(sender.exitcode == (ending and 0 or -9))
  for _ = 1, 100 do mp.Lock():acquire() end
  collectgarbage()
  local lock, queue = table.unpack(q:get())
  local same = b:recv()
  assert(rawequal(same[1], lock) and rawequal(same[2], queue))
  mp.get_logger():setLevel(mp.logging.ERROR)
  local taken, how = lock:acquire()
  assert(taken and how == "abandoned")
  local inside = queue:get()
  assert(inside[1] == "inside" and rawequal(inside[2], lock))
  lock:release()
end

-- A receiver killed with the object in its hands, or while it waits for one.
local lock = mp.Lock()
local receiver = mp.Process{target = function()
  local got = q:get()
  ready:put(got:acquire())
  q:get()
end}
receiver:start()
q:put(lock)
ready:get()
receiver:kill()
receiver:join()
assert(select(2, lock:acquire()) == "abandoned")
q:put{lock}
assert(rawequal(q:get()[1], lock))

-- Sent on and on through processes that all end.
local function relay(from, to) to:put(from:get()) end
local first = mp.Queue()
local last = first
for _ = 1, 10 do
  local next = mp.Queue()
  local p = mp.Process{target = relay, args = {last, next}}
  p:start()
  last = next
end
local counter = mp.Queue()
counter:put "here"
first:put{counter}
counter = nil
collectgarbage()
assert(last:get()[1]:get() == "here")
for _, p in ipairs(mp.active_children()) do p:join() end
print "ok"
