-- mp.sleep and mp.time.
local mp = require "multiprocessing"
local from = mp.time()
assert(math.type(from) == "float")
mp.sleep(0.05)
assert(mp.time() - from >= 0.05)
mp.sleep(0)
mp.sleep(-0.0)
local function fails(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err):find(text, 1, true), tostring(err))
end
fails(mp.ValueError, "sleep length must be non-negative", mp.sleep, -1)
fails(mp.ValueError, "NaN", mp.sleep, 0 / 0)
fails(mp.TypeError, "got no value", mp.sleep)
fails(mp.TypeError, "got nil", mp.sleep, nil)
fails(mp.TypeError, "got string", mp.sleep, "1")
fails(mp.TypeError, "with a dot", mp.sleep, mp, 1)
local p = mp.Process{target = function() mp.sleep(math.huge) end}
p:start()
assert(p:is_alive())
p:kill()
p:join()
print "ok"
