-- A worker's death fails exactly its future; the executor goes on.
local mp = require "multiprocessing"

local executor <close> = mp.ProcessPoolExecutor(2)
local function die(signal)
  os.execute(("kill -%s $PPID"):format(signal))
  mp.sleep(10)
end
for _, signal in ipairs{"KILL", "TERM"} do
  local victim = executor:submit(die, signal)
  local others = {}
  for i = 1, 20 do others[i] = executor:submit(function(x) return x end, i) end
  local err = victim:exception()
  assert(err:is(mp.WorkerLost) and err:is(mp.BrokenProcessPool) and err:is(mp.BrokenExecutor))
  assert(err:is(mp.RuntimeError) and err.message:find("SIG" .. signal, 1, true), err.message)
  assert(err.pid and err.name and err.signal and err.seconds)
  assert(tostring(victim):find "raised WorkerLost>")
  for i = 1, 20 do assert(others[i]:result() == i) end
end

-- With retries it is run again.
local again <close> = mp.ProcessPoolExecutor(1, {retries = 2})
local count = mp.Queue()
local future = again:submit(function()
  count:put(1)
  if count:qsize() < 3 then die "KILL" end
  return "third time"
end)
assert(future:result() == "third time" and count:qsize() == 3)

-- Limits of a worker's life.
local pids = {}
local short <close> = mp.ProcessPoolExecutor(1, {max_tasks_per_child = 1})
for _ = 1, 3 do pids[short:submit(mp.getpid):result()] = true end
local n = 0
for _ in pairs(pids) do n = n + 1 end
assert(n == 3)

-- Workers may have children.
assert(executor:submit(function()
  local child = mp.Process{target = function() os.exit(4) end}
  child:start()
  child:join()
  return child.exitcode
end):result() == 4)
print "ok"
