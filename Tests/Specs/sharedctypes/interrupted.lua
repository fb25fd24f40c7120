-- An access that waits for the lock can be interrupted, and changes nothing then.
local mp = require "multiprocessing"

local ready = mp.Queue()
for _, access in ipairs{
  function(v) v.value = 5 end,
  function(v) return v.value end,
  function(v) v:add(5) end,
  function(v) v:compare_exchange(1, 5) end,
  function(_, a) a[1] = 5 end,
  function(_, a) a:fill(5) end,
  function(_, a) return a:get() end,
} do
  local lock = mp.Lock()
  local v, a = mp.Value("i", 1, {lock = lock}), mp.Array("i", {1}, {lock = lock})
  lock:acquire()
  local p = mp.Process{target = function()
    local ok, err = pcall(function()
      ready:put(true)
      access(v, a)
    end)
    os.exit(not ok and err:is(mp.KeyboardInterrupt) and 7 or 1)
  end}
  p:start()
  ready:get()
  p:interrupt()
  p:join()
  assert(p.exitcode == 7)
  lock:release()
  assert(v.value == 1 and a[1] == 1 and not lock:locked())
end
print "ok"
