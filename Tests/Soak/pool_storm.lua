-- pool_storm.lua [SECONDS [SEED]]: a pool whose workers are killed at random, or die at the step
-- that MPLUA_FAULT names. Every task has exactly one outcome; one that ended well ran exactly once,
-- one that was lost at most once; tasks are lost only with a worker, and the pool goes on.

package.path = arg[0]:match "^(.-)[^/]*$" .. "?.lua;" .. package.path
local mp = require "multiprocessing"
local soak = require "multiprocessing._soak"
local support = require "support"

local seconds = tonumber(arg[1]) or 10
math.randomseed(tonumber(arg[2]) or os.time())

local ENOUGH = 40 -- deaths at a step
local WORKERS = 3
local WINDOW = 40 -- tasks under way
local RETRIES = 2

local tasks, lost, retried, broken, longest = 0, 0, 0, 0, 0

-- What a task does: it says that it has run, by one write at the end of a common file.
local function run(serial, name, size, lock)
  local file = assert(io.open(name, "ab"))
  file:setvbuf "no"
  file:write(("<I4"):pack(serial))
  file:close()
  return {serial, string.rep("x", size), lock}
end

-- How often each task has run.
local function count_runs(name)
  local runs = {}
  for block in io.lines(name, 4) do
    local serial = ("<I4"):unpack(block)
    runs[serial] = (runs[serial] or 0) + 1
  end
  return runs
end

local function strike(pool)
  local pids = pool:stats().pids
  local pid = pids[math.random(#pids)]
  if not pid then return end
  if math.random(10) == 1 then
    os.execute(string.format(
      "(kill -STOP %d; sleep 0.0%d; kill -CONT %d) 2>&- &", pid, math.random(2), pid))
    support.total.stops = support.total.stops + 1
  else
    os.execute(string.format("kill -KILL %d 2>&-", pid))
    support.total.kills = support.total.kills + 1
  end
end

-- Takes one outcome; false for a pool that has given up.
local function see(task, runs_of)
  local ok, value = task.result:try_get(20)
  tasks = tasks + 1
  if ok then
    support.check(
      value[1] == task.serial and value[2] == string.rep("x", task.size)
      and value[3] == task.lock, "task %d got another one's result", task.serial)
    runs_of.good[task.serial] = task.retries
  elseif value:is(mp.WorkerLost) then
    lost = lost + 1
    runs_of.lost[task.serial] = task.retries
    support.check(value.workers == task.retries + 1, "task %d was lost %d times, of %d",
      task.serial, value.workers, task.retries + 1)
    support.check(value.pid and value.exitcode == -9 and value.signal == 9, "%s", value)
  elseif value:is(mp.BrokenProcessPool) then
    broken = broken + 1
    runs_of.lost[task.serial] = task.retries
    return false
  else
    support.check(false, "task %d: %s", task.serial, value)
    if value:is(mp.TimeoutError) then
      for _, line in ipairs(soak.processes()) do print("  " .. line) end
      support.finish()
    end
  end
  return true
end

local function play(time)
  soak.set_armed(false)
  local before = soak.statistics()
  local name = support.prefix .. ".runs"
  assert(io.open(name, "wb")):close()
  local lock = mp.Lock()
  soak.set_armed(true)
  local runs_of = {good = {}, lost = {}}
  local window, first, serial = {}, 1, 0
  local pool = mp.Pool{
    processes = WORKERS, initializer = function() end, maxtasksperchild = 100,
  }
  local stop_at = mp.time() + time
  local works = true
  local last = mp.time()
  while works do
    local goes_on = mp.time() < stop_at
      and not (support.is_injecting and soak.statistics().faults >= ENOUGH)
    while goes_on and serial - first + 1 < WINDOW do
      serial = serial + 1
      local task = {
        serial = serial, size = math.random(20) == 1 and math.random(20000) or math.random(50),
        retries = serial % 4 == 0 and RETRIES or 0, lock = serial % 3 == 0 and lock or nil,
      }
      local ok, result = pcall(
        pool.apply_async, pool, run,
        {serial, name, task.size, task.lock, n = 4}, {retries = task.retries})
      if not ok then
        support.check(result:is(mp.BrokenProcessPool), "apply_async: %s", result)
        serial, works = serial - 1, false
        break
      end
      task.result = result
      window[serial] = task
    end
    if first > serial then break end
    works = see(window[first], runs_of) and works
    window[first] = nil
    first = first + 1
    longest, last = math.max(longest, mp.time() - last), mp.time()
    if not support.is_injecting and math.random(30) == 1 then strike(pool) end
  end
  for position = first, serial do
    see(window[position], runs_of)
    window[position] = nil
  end
  local stats = pool:stats()
  retried = retried + stats.retried
  support.check(stats.pending == 0 and stats.done == serial, "%d of %d tasks ended, %d pending",
    stats.done, serial, stats.pending)
  if works then
    pool:close()
    pool:join()
  end
  pool:terminate()
  local runs = count_runs(name)
  os.remove(name)
  for number, retries in pairs(runs_of.good) do
    local count = runs[number] or 0
    support.check(count >= 1 and count <= retries + 1, "task %d ran %d times", number, count)
  end
  for number, retries in pairs(runs_of.lost) do
    support.check((runs[number] or 0) <= retries + 1, "lost task %d ran %d times", number,
      runs[number])
  end
  soak.set_armed(false)
  return before
end

local stop_at = mp.time() + seconds
repeat
  -- In a coroutine, whose stack goes with it and keeps nothing alive.
  local before = coroutine.wrap(play)(math.min(5, math.max(0.3, seconds / 3)))
  support.check_clean(before)
until support.is_over(stop_at, ENOUGH)

support.report(
  "pool", "%d tasks, %d lost with their workers, %d given to another, %d when a pool gave up, "
    .. "longest stall %.0f ms",
  tasks, lost, retried, broken, longest * 1000)
support.finish()
