-- Python: what a child sees depends on the start method. Here the same target, with its upvalues and
-- the globals it reads, gives the same under all of them.
local mp = require "multiprocessing"

numbers = {3, 4, 5}
function twice(x) return 2 * x end
function sum_of(list)
  local sum = 0
  for _, x in ipairs(list) do sum = sum + twice(x) end
  return sum
end
local offset = 100
local seen = {}

local function target(q, extra)
  seen.child = true
  q:put{sum = sum_of(numbers) + offset + extra, name = mp.current_process().name}
end

for _, method in ipairs(mp.get_all_start_methods()) do
  local context = mp.get_context(method)
  local q = context.Queue()
  local p = context.Process{target = target, args = {q, 1000}, name = "child-" .. method}
  p:start()
  local answer = q:get()
  p:join()
  assert(answer.sum == 1124 and answer.name == "child-" .. method and p.exitcode == 0)
  assert(seen.child == nil)
end
print "ok"
