-- Default names count, children's by their parents; a name must be a string.
local mp = require "multiprocessing"

local q = mp.Queue()
local function tell() q:put(mp.current_process().name) end
local function run(process) process:start() process:join() assert(process.exitcode == 0) end

local first = mp.Process{target = tell}
assert(first.name == "Process-1")
run(first)
run(mp.Process{target = function()
  run(mp.Process{target = tell})
  run(mp.Process{target = function() tell() run(mp.Process{target = tell}) end})
end})
run(mp.Process{target = tell, name = "mine"})
for _, name in ipairs{"Process-1", "Process-2:1", "Process-2:2", "Process-2:2:1", "mine"} do
  assert(q:get() == name)
end

first.name = "renamed"
assert(first.name == "renamed")
for _, name in ipairs{5, true, {}} do
  local ok, err = pcall(function() first.name = name end)
  assert(not ok and err:is(mp.AssertionError) and err.message:find("^name must be a string"))
end
assert(mp.current_process().name == "MainProcess")
print("ok")
