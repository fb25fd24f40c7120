-- A coroutine may yield inside a class's `init`.
local mp = require "multiprocessing"
local Worker = mp.Process:extend("Worker")
function Worker:init(first)
  mp.Process.init(self)
  self.second = coroutine.yield(first)
end
local go_on = coroutine.wrap(function() return Worker(5) end)
assert(go_on() == 5)
local worker = go_on(9)
assert(tostring(worker):find("^<Worker name='Worker%-1'") and worker.second == 9)
print "ok"
