-- An object has one value in a process: for all that comes back of it, while finalizers run too.
local mp = require "multiprocessing"
local q = mp.Queue()
local lock = mp.Lock()
q:put(lock)
q:put{q, lock}
assert(rawequal(q:get(), lock))
local both = q:get()
assert(rawequal(both[1], q) and rawequal(both[2], lock))

-- What a child inherited and sends back, though it was never sent before.
local inherited, up = mp.RLock(), mp.Queue()
local child = mp.Process{target = function() up:put{inherited, up} end}
child:start()
local came = up:get()
child:join()
assert(rawequal(came[1], inherited) and rawequal(came[2], up))

-- What a child made is one value however often it comes, and a key that finds its entry.
child = mp.Process{target = function()
  local own = mp.Lock()
  up:put(own)
  up:put{own, {[own] = 1}}
end}
child:start()
local one, two = up:get(), up:get()
child:join()
assert(rawequal(one, two[1]) and two[2][one] == 1)
assert(one:acquire(false) and two[1]:locked())

-- The old value is garbage when the object comes again: the new one holds the object all the same.
for round = 1, 2000 do
  local gone = mp.Lock()
  assert(gone:acquire(false))
  q:put(gone)
  gone = nil
  if round % 2 == 0 then collectgarbage "step" else collectgarbage() end
  local again = q:get()
  collectgarbage()
  -- Were it freed, the next lock would be it.
  local fresh = mp.Lock()
  assert(again:locked() and again ~= fresh and not fresh:locked())
end

-- Finalizers that run while a message is decoded send, receive and keep what they find.
local kept = {}
local meta = {__gc = function(self)
  q:put(self.lock)
  kept[#kept + 1] = q:get()
end}
for round = 1, 300 do
  setmetatable({lock = mp.Lock()}, meta)
  local locks = {}
  for i = 1, 50 do locks[i] = mp.Lock() end
  up:put(locks)
  locks = nil
  for _, back in ipairs(up:get()) do assert(not back:locked() and back:acquire(false)) end
  if round % 50 == 0 then collectgarbage() end
end
collectgarbage()
assert(#kept > 0)
for _, back in ipairs(kept) do assert(tostring(back):find "^<Lock") back:acquire(false) end

-- A value whose finalizer has run is no object any more; another comes in its place.
local dead = mp.Lock()
q:put(dead)
getmetatable(dead).__gc(dead)
local ok, err = pcall(q.put, q, dead)
assert(not ok and err:is(mp.SerializationError), tostring(err))
local alive = q:get()
assert(not rawequal(alive, dead) and alive:acquire(false))
print "ok"
