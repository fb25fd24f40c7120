-- No finalizer of what a child inherits runs while the child is set up.
local mp = require "multiprocessing"
local log = mp.Queue()
collectgarbage("incremental", 10, 1000)
for _ = 1, 20 do
  -- What the last child's round left.
  collectgarbage()
  local p = mp.Process{target = function() collectgarbage() end}
  for _ = 1, 200 do
    setmetatable({}, {__gc = function()
      if mp.current_process() ~= p and mp.parent_process() then log:put "too early" end
    end})
  end
  p:start()
  p:join()
  assert(p.exitcode == 0)
end
assert(log:empty())
print "ok"
