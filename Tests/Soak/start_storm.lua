-- start_storm.lua [SECONDS [SEED]]: processes that start fresh ones, by a program run anew and
-- through the fork server, with objects on their way to them, killed at random and replaced, or
-- dying at the step that MPLUA_FAULT names; the server too.

package.path = arg[0]:match "^(.-)[^/]*$" .. "?.lua;" .. package.path
local mp = require "multiprocessing"
local soak = require "multiprocessing._soak"
local support = require "support"

local seconds = tonumber(arg[1]) or 10
local seed = tonumber(arg[2]) or os.time()
math.randomseed(seed)

local ENOUGH = 40 -- deaths at a step
local given_up = "the fork server was killed"
local methods = {mp.get_context "spawn", mp.get_context "forkserver"}

local function start(target, ...)
  -- A child that dies with its parent, so that a kill leaves nobody behind; the relay of its output
  -- ends with it.
  local process = methods[math.random(2)].Process{
    target = target, args = {...}, daemon = true,
    output = ({"prefix", "group"})[math.random(4)],
  }
  process:start()
  return process
end

-- A queue that only the child holds once it has started, and one for its answer.
local function send_queue(log)
  local answers = mp.Queue()
  local function answer(queue, lock, text)
    local _ <close> = lock:guard()
    answers:put{queue:get(), text}
  end
  local queue = mp.Queue()
  queue:put "kept"
  local text = string.rep("t", math.random(4) == 1 and math.random(300000) or math.random(100))
  local child = start(answer, queue, mp.Lock(), text)
  queue = nil -- luacheck: ignore 311
  collectgarbage()
  local code = support.join(child, log, 1, 255)
  local found, got = answers:try_get(0)
  if found and (got[1] ~= "kept" or got[2] ~= text) or not found and code == 0 then
    log:write(support.violation, 3)
  end
end

-- The end of a pipe, and a child that starts one of its own.
local function send_end(log)
  local mine, its = mp.Pipe()
  -- Who started a process may be dead by now.
  local function send(conn, text)
    local ok, err = pcall(conn.send, conn, text)
    assert(ok or err:is(mp.BrokenPipeError), err)
  end
  local child = start(function(conn)
    local is_started, inner = pcall(start, send, conn, "from the inner")
    if is_started then inner:join() else assert(tostring(inner):find(given_up), inner) end
    send(conn, "done")
  end, its)
  its:close()
  local found, text
  repeat
    local ok, is_found, what = pcall(mine.try_recv, mine, support.patience)
    found, text = ok and is_found, what
    if found and text ~= "from the inner" and text ~= "done" then
      log:write(support.violation, 5)
    end
  until not found or text == "done"
  support.join(child, log, 6, 255)
end

-- What cannot be sent starts nothing.
local function fail(log)
  local args = {mp.Queue(), coroutine.create(print)}
  local child = methods[math.random(2)].Process{target = print, args = args}
  local ok, err = pcall(child.start, child)
  if ok or not err:is(mp.SerializationError) or child.pid then log:write(support.violation, 8) end
end

local function starter(_, log)
  local count = 0
  while true do
    count = count + 1
    local steps = {send_queue, send_queue, send_end, fail}
    local ok, err = pcall(steps[math.random(#steps)], log)
    -- A server that is killed again and again is all that may stop a start.
    if not ok and not tostring(err):find(given_up) then error(err, 0) end
    log:write(0, count)
  end
end

local starts = 0

local function play(time)
  local herd = support.herd(
    {{"starter", starter}, {"starter", starter}, {"starter", starter}},
    function() end,
    function() starts = starts + 1 end)
  herd:work(time, ENOUGH)
end

-- What the tree keeps for its server is there before anything is counted.
soak.set_armed(false)
local first <close> = methods[2].Process{target = function() end}
first:start()
first:join()
soak.set_armed(true)

-- What a dead server has not taken stays for the next one.
local function drain()
  soak.set_armed(false)
  local child
  repeat child = methods[2].Process{target = function() end} until pcall(child.start, child)
  child:join()
  soak.set_armed(true)
end

local before = soak.statistics()
local stop_at = mp.time() + seconds
local rounds = 0
repeat
  coroutine.wrap(play)(math.min(3, math.max(0.3, stop_at - mp.time())))
  rounds = rounds + 1
  drain()
  support.check_clean(before, "ForkServer")
until support.is_over(stop_at, ENOUGH)

support.report("start", "%d rounds of starts, in %d rounds", starts, rounds)
support.finish()
