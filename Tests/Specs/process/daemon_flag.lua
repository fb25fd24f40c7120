-- `daemon` is set before the start, and inherited.
local mp = require "multiprocessing"

local p = mp.Process{target = function()
  local child = mp.Process{target = print}
  assert(mp.current_process().daemon and child.daemon)
  local other = mp.Process{target = print, daemon = false}
  assert(not other.daemon)
end}
assert(p.daemon == false)
p.daemon = true
assert(p.daemon)
p:start()
local ok, err = pcall(function() p.daemon = false end)
assert(not ok and err:is(mp.AssertionError) and err.message == "process has already started")
p:join()
assert(p.exitcode == 0)
assert(not pcall(mp.Process, {target = print, daemon = 1}))
print("ok")
