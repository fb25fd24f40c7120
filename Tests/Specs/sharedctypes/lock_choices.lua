-- lock = nil, true, false, a Lock, an RLock, and what is none.
local mp = require "multiprocessing"
local make = {
  function(...) return mp.Value("i", 1, ...) end,
  function(...) return mp.Array("i", {1}, ...) end,
}
local function access(object)
  if object.value then
    object.value = object.value + 1
  else
    object[1] = object[1] + 1
    assert(object:sum() == object:get()[1])
  end
end
for _, new in ipairs(make) do
  for _, object in ipairs{new(), new{}, new{lock = true}} do
    assert(tostring(object:get_lock()) == "<RLock(None, 0)>")
    access(object)
  end
  local raw = new{lock = false}
  assert(raw.get_lock == nil and raw.guard == nil and not tostring(raw):find "Synchronized")
  access(raw)

  for _, lock in ipairs{mp.Lock(), mp.RLock()} do
    local one, other = new{lock = lock}, new{lock = lock}
    assert(one:get_lock() == lock and other:get_lock() == lock)
    access(one)
    assert(not lock:locked())
    one:acquire()
    assert(lock:locked() and other:get_lock():locked())
    one:release()
    -- Each access waits for the lock.
    local ready, done = mp.Queue(), mp.Queue()
    lock:acquire()
    local child = mp.Process{target = function()
      ready:put(true)
      access(other)
      done:put(true)
    end}
    child:start()
    ready:get()
    assert(not done:try_get(0.2))
    lock:release()
    assert(done:get() == true)
    child:join()
  end
  for text, wrong in pairs{["5"] = 5, [" has"] = {}, ["queue"] = "queue", ["Queue"] = mp.Queue()} do
    local ok, err = pcall(new, {lock = wrong})
    assert(not ok and err:is(mp.AttributeError), tostring(err))
    assert(err.message:find(text, 1, true) and err.message:find(" has no method 'acquire'; lock may be ", 1, true))
  end
end
-- Under a lock that cannot be taken again, its holder waits for itself: with a deadline it sees that.
local lock = mp.Lock()
local v = mp.Value("i", 0, {lock = lock})
lock:acquire()
assert(v:acquire{timeout = 0.05} == false and v:guard{timeout = 0} == false)
lock:release()
v.value = 3
for _, f in ipairs{mp.RawValue, mp.RawArray} do
  local ok, err = pcall(f, "i", 1, {lock = true})
  assert(not ok and err:is(mp.TypeError) and err.message:find("unexpected keyword argument 'lock'", 1, true))
end
local ok, err = pcall(mp.Value, "i", 0, true)
assert(not ok and err:is(mp.TypeError) and err.message:find("takes at most 2 arguments", 1, true))
print "ok"
