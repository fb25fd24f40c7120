-- A class extends Process with `init` and `run`; its fields travel to the child.
local mp = require "multiprocessing"

local results = mp.Queue()
local Worker = mp.Process:extend("Worker")
function Worker:init(jobs)
  mp.Process.init(self, {daemon = true})
  self.jobs = jobs
  self[1] = "first"
end
function Worker:total()
  local sum = 0
  for _, job in ipairs(self.jobs) do sum = sum + job end
  return sum
end
function Worker:run()
  assert(rawequal(mp.current_process(), self))
  results:put{self.name, self:total(), self[1], self.daemon}
  self.jobs = nil
end

local worker = Worker{1, 2, 3}
worker:start()
worker:join()
assert(mp.repr(results:get()) == '{"Worker-1", 6, "first", true}')
assert(#worker.jobs == 3 and worker.exitcode == 0)

local Deeper = Worker:extend("Deeper")
function Deeper:total() return Worker.total(self) * 2 end
local deeper = Deeper{5}
deeper:start()
deeper:join()
assert(mp.repr(results:get()) == '{"Deeper-2", 10, "first", true}')

local Plain = mp.Process:extend("Plain")
local plain = Plain{target = results.put, args = {results, "plain"}}
plain:run()
assert(results:get() == "plain" and plain.name == "Plain-3")
print("ok")
