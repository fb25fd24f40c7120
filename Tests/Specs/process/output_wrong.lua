-- A wrong value of Process{output = …} says what was given and what is possible.
local mp = require "multiprocessing"
for _, case in ipairs{
  {"both", "'both'"}, {"", "''"}, {"Prefix", "'Prefix'"}, {5, "5"}, {true, "true"}, {{}, "a table"},
  {print, "a function"},
} do
  local ok, err = pcall(mp.Process, {output = case[1]})
  assert(not ok and err:is(mp.ValueError), tostring(err))
  assert(err.message == "output must be 'prefix' or 'group', got " .. case[2], err.message)
end
-- It is no field: a class may have one of that name.
local Worker = mp.Process:extend "Worker"
function Worker:run() os.exit(self.output) end
local worker = Worker{output = nil}
assert(worker.output == nil)
worker.output = 7
worker:start()
worker:join()
assert(worker.exitcode == 7 and worker.output == 7)
print "ok"
