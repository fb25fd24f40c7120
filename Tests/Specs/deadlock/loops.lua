-- Loops over queues end when nobody is left who could put: upstream before downstream.
local mp = require "multiprocessing"

-- The tutorial's endless loop.
do
  local q = mp.Queue()
  local p = mp.Process{target = function() for i = 1, 5 do q:put(i) end end}
  p:start()
  local sum = 0
  for v in q:iter() do sum = sum + v end
  assert(sum == 15)
  p:join()
end

-- Workers and their parent all loop: the workers' loops end first, and what they put then arrives.
do
  local jobs, results = mp.Queue(), mp.Queue()
  local function work()
    for job in jobs:iter() do results:put(job * job) end
    results:put "done"
  end
  local workers = {}
  for i = 1, 4 do
    workers[i] = mp.Process{target = work}
    workers[i]:start()
  end
  for i = 1, 100 do jobs:put(i) end
  local sum, done = 0, 0
  for v in results:iter() do
    if v == "done" then done = done + 1 else sum = sum + v end
  end
  assert(sum == 338350 and done == 4)
  for _, worker in ipairs(workers) do
    worker:join()
    assert(worker.exitcode == 0)
  end
end

-- A pipeline: each stage puts a last word when its loop has ended, and the next one hears it.
do
  local queues = {}
  for i = 1, 5 do queues[i] = mp.Queue() end
  local function stage(source, target, name)
    for v in source:iter() do target:put(v) end
    target:put(name)
  end
  local stages = {}
  -- Started in any order.
  for _, i in ipairs{3, 1, 4, 2} do
    stages[i] = mp.Process{target = stage, args = {queues[i], queues[i + 1], "stage " .. i}}
    stages[i]:start()
  end
  queues[1]:put "first"
  local heard = {}
  for v in queues[5]:iter() do heard[#heard + 1] = v end
  assert(table.concat(heard, ", ") == "first, stage 1, stage 2, stage 3, stage 4",
    table.concat(heard, ", "))
  for _, p in ipairs(stages) do p:join() end
end

-- As long as a loop can be ended no get fails: here the parent's get waits for the loop's last word.
do
  local jobs, last = mp.Queue(), mp.Queue()
  local p = mp.Process{target = function()
    for _ in jobs:iter() do end
    last:put "over"
  end}
  p:start()
  assert(last:get() == "over")
  p:join()
end

-- At the end of the program too: nobody told the workers to stop.
do
  local script = os.tmpname()
  local file = assert(io.open(script, "w"))
  file:write[[
    local mp = require "multiprocessing"
    local jobs = mp.Queue()
    for _ = 1, 3 do
      mp.Process{target = function()
        local n = 0
        for _ in jobs:iter() do n = n + 1 end
        jobs:close()
        io.write("worker ended\n")
      end}:start()
    end
    for i = 1, 10 do jobs:put(i) end
  ]]
  file:close()
  local pipe = assert(io.popen(arg[-1] .. " " .. script .. " 2>&1"))
  local text = pipe:read "a"
  local ok = pipe:close()
  os.remove(script)
  assert(ok and text == ("worker ended\n"):rep(3), text)
end
print "ok"
