-- What the crash tests share: a herd of processes that die and are replaced, what each of them
-- wrote down, and a watch over the whole. What a process does with the objects under test it also
-- writes to a file of its own, one system call for a record, so that a kill loses no record.

local mp = require "multiprocessing"
local soak = require "multiprocessing._soak"

local support = {
  -- With MPLUA_FAULT processes die at that step, and nobody is killed at random.
  is_injecting = os.getenv "MPLUA_FAULT" ~= nil,
  -- What the names of all files begin with.
  prefix = os.getenv "SOAK_FILES" or os.tmpname(),
  total = {kills = 0, terms = 0, stops = 0, faults = 0, restarts = 0},
}

-- A lock is abandoned at every other kill: nothing to warn of here.
mp.get_logger():setLevel(mp.logging.ERROR)

-- The first start makes the lock around long lines, which stays.
do
  local first <close> = mp.Process{target = function() soak.set_armed(false) end}
  soak.set_armed(false)
  first:start()
  first:join()
  soak.set_armed(true)
end

local failures = 0

function support.check(claim, text, ...)
  if not claim then
    failures = failures + 1
    print("FAILED: " .. string.format(text, ...))
  end
end

-- Ends the program: the exit code says whether all was well.
function support.finish()
  os.remove(support.prefix)
  os.exit(failures == 0 and 0 or 1, true)
end

support.patience = 5 -- seconds after which a short wait counts as hung

-- Waits for a child; gives its exit code. One that does not end is a violation, noted under
-- `number`, as is an end that is neither 0 nor by SIGKILL nor `allowed`, under the next one.
function support.join(process, log, number, allowed)
  process:join(support.patience)
  if process.exitcode == nil then
    log:write(support.violation, number)
    process:kill()
    process:join()
  end
  local code = process.exitcode
  process:close()
  -- By SIGPIPE, when it reports an error and the relay of its output was killed.
  local is_right = code == 0 or code == -9 or code == -13 or code == allowed
  if not is_right then log:write(support.violation, number + 1) end
  return code
end

-- The records of a process: pairs of numbers. Those with the first from `violation` on are bad.
support.violation = 0xFFFFFFF0
local record = "<I4I4"

local Log = {}
Log.__index = Log

function support.open_log(id)
  local file = assert(io.open(support.prefix .. "." .. id, "wb"))
  file:setvbuf "no"
  return setmetatable({file = file}, Log)
end

function Log:write(one, other)
  self.file:write(record:pack(one, other))
end

-- Reads and removes what a dead process wrote; calls `see(one, other)` for each record.
local function read_log(id, see)
  local name = support.prefix .. "." .. id
  local file = io.open(name, "rb")
  if not file then return end
  local text = file:read "a"
  file:close()
  os.remove(name)
  for position = 1, #text - 7, 8 do see(record:unpack(text, position)) end
end

local Herd = {}
Herd.__index = Herd

-- A herd: `roles` are lists {name, target}; `target(id)` runs in a process for as long as it lives.
-- When one is dead, `on_death(role, id)` is called, then `see(id, one, other)` for its records.
function support.herd(roles, on_death, see)
  local herd = setmetatable({
    roles = roles, on_death = on_death, see = see, members = {}, deaths = 0,
    progress = mp.time(), longest = 0, records = 0,
  }, Herd)
  return herd
end

local next_id = 0

local function run(target, id, prefix)
  support.prefix = prefix
  target(id, support.open_log(id))
end

function Herd:start(place)
  next_id = next_id + 1
  local role = self.roles[place]
  local process = mp.Process{
    target = run, args = {role[2], next_id, support.prefix}, name = role[1] .. "-" .. next_id,
  }
  process:start()
  self.members[place] = {process = process, id = next_id, role = role[1]}
  support.total.restarts = support.total.restarts + 1
end

-- Takes what a dead member left. One that ended by itself has failed.
function Herd:bury(place)
  local member = self.members[place]
  local code = member.process.exitcode
  self.members[place] = nil
  self.deaths = self.deaths + 1
  if code == -9 then
    local kind = support.is_injecting and not member.struck and "faults" or "kills"
    support.total[kind] = support.total[kind] + 1
  elseif code == -15 then
    support.total.terms = support.total.terms + 1
  else
    support.check(false, "%s ended by itself with %s", member.role, code)
  end
  self.on_death(member.role, member.id)
  read_log(member.id, function(one, other)
    self.records = self.records + 1
    if one >= support.violation then
      support.check(false, "%s %d saw violation %d", member.role, member.id, other)
    else
      self.see(member.id, one, other)
    end
  end)
  member.process:close()
end

-- Buries the dead, replaces them, and makes sure that something goes on.
function Herd:tend()
  local now = mp.time()
  local moved = false
  for place = 1, #self.roles do
    local member = self.members[place]
    if member and member.process.exitcode ~= nil then
      self:bury(place)
      member = nil
    end
    if not member then self:start(place) end
  end
  if now - (self.looked or 0) > 0.05 then
    self.looked = now
    local size = self:size()
    moved = size ~= self.last_size
    self.last_size = size
  end
  if moved then
    self.longest = math.max(self.longest, now - self.progress)
    self.progress = now
  elseif now - self.progress > 10 then
    self:hang "nothing was written down for 10 seconds"
  end
end

-- How much was written down so far.
function Herd:size()
  local size = self.records * 8
  for _, member in pairs(self.members) do
    local file = io.open(support.prefix .. "." .. member.id, "rb")
    if file then
      size = size + file:seek "end"
      file:close()
    end
  end
  return size
end

-- Shows who waits for what, kills all and ends the program.
function Herd:hang(text)
  print("HUNG: " .. text)
  for _, line in ipairs(soak.processes()) do print("  " .. line) end
  for _, member in pairs(self.members) do member.process:kill() end
  support.check(false, "hung")
  support.finish()
end

-- Kills, terminates or stops one at random.
function Herd:strike()
  local member = self.members[math.random(#self.roles)]
  if not member then return end
  local dice = math.random(20)
  if dice <= 3 then
    -- Left to a shell: this process may have to wait for the one that is stopped.
    local pid = member.process.pid
    os.execute(string.format(
      "(kill -STOP %d; sleep 0.0%d; kill -CONT %d) 2>&- &", pid, math.random(2), pid))
    support.total.stops = support.total.stops + 1
  elseif dice <= 5 then
    -- One that is stopped hears of it when it goes on.
    member.process:terminate()
  else
    member.process:kill()
  end
end

-- Whether the rounds are to end: the time is over, but a step that was asked for and not hit yet
-- gets 20 seconds more; or it was hit often enough.
function support.is_over(stop_at, enough)
  local late = mp.time() - stop_at + 0.05
  if not support.is_injecting then return late >= 0 end
  local faults = soak.statistics().faults
  return faults >= enough or late >= (faults == 0 and 20 or 0)
end

-- Lets the herd work for some time, or until the step was hit often enough.
function Herd:work(seconds, enough)
  local stop_at = mp.time() + seconds
  while mp.time() < stop_at do
    self:tend()
    if support.is_injecting then
      mp.sleep(0.001)
      if soak.statistics().faults >= enough then break end
    else
      mp.sleep(math.random() * 0.005)
      self:strike()
    end
  end
  for place, member in pairs(self.members) do
    if member.process.exitcode == nil then
      member.struck = true
      member.process:kill()
    end
    member.process:join(10)
    if member.process.exitcode == nil then self:hang "a killed process did not end" end
    self:bury(place)
  end
end

-- Waits until all that was made since `before` is gone from shared memory; a helper of the program,
-- by its name, may stay.
function support.check_clean(before, helper)
  local deadline = mp.time() + 10
  local now
  repeat
    collectgarbage()
    collectgarbage()
    now = soak.statistics()
    local lines = soak.processes()
    local others = 0
    for _, line in ipairs(lines) do
      if not (helper and line:find(helper, 1, true)) then others = others + 1 end
    end
    if now.objects <= before.objects and now.blocks <= before.blocks and now.depot == 0
      and others == 1
    then
      break
    end
    mp.sleep(0.01)
  until mp.time() > deadline
  support.check(now.objects <= before.objects, "%d objects leaked", now.objects - before.objects)
  support.check(now.blocks <= before.blocks, "%d blocks leaked", now.blocks - before.blocks)
  support.check(now.depot == 0, "%d descriptors are kept for no message", now.depot)
  local left = {}
  for _, line in ipairs(soak.processes()) do
    if not (helper and line:find(helper, 1, true)) then left[#left + 1] = line end
  end
  support.check(#left == 1, "processes are left: %s", table.concat(left, "; "))
  support.check(now.unexplained == 0, "%d slices found something without a kill", now.unexplained)
end

-- The closing line: what was killed, then what else `text` says.
function support.report(name, text, ...)
  local total, statistics = support.total, soak.statistics()
  local died = support.is_injecting
    and string.format("%s hit %d times", os.getenv "MPLUA_FAULT", statistics.faults)
    or string.format("%d SIGKILL, %d SIGTERM, %d SIGSTOP", total.kills, total.terms, total.stops)
  print(string.format(
    "%s: %s; %s; slices found %d explained, %d not; %d rebuilds", name, died,
    string.format(text, ...), statistics.explained, statistics.unexplained, statistics.rebuilds))
  if support.is_injecting then support.check(statistics.faults > 0, "the step was never hit") end
end

return support
