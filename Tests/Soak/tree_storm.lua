-- tree_storm.lua [SECONDS [SEED]]: processes that start others, make and drop objects, share a
-- pipe, send the ends of others, add up in shared values and shut queues down, killed at random and
-- replaced, or dying at the step that MPLUA_FAULT names.

package.path = arg[0]:match "^(.-)[^/]*$" .. "?.lua;" .. package.path
local mp = require "multiprocessing"
local soak = require "multiprocessing._soak"
local support = require "support"

local seconds = tonumber(arg[1]) or 10
local seed = tonumber(arg[2]) or os.time()
math.randomseed(seed)

local ENOUGH = 40 -- deaths at a step
local root = mp.getpid()

-- A child that dies with its parent, so that a kill leaves nobody behind.
local function start(target, ...)
  local process = mp.Process{target = target, args = {...}, daemon = true}
  process:start()
  return process
end

-- Locks and queues, some inherited by a child that uses them.
local function make_objects(log)
  local lock = mp.Lock()
  local queue = mp.Queue(math.random(0, 3))
  local child = start(function()
    local _ <close> = lock:guard()
    local own = mp.Queue()
    own:put "x"
    queue:put(own:get())
  end)
  local found, text = queue:try_get(0.002)
  if found and text ~= "x" then log:write(support.violation, 10) end
  for _ = 1, math.random(20) do
    local _ = mp.Lock()
    local extra = mp.Queue()
    extra:put(string.rep("y", math.random(200000)))
  end
  collectgarbage()
  local held = lock:acquire{timeout = support.patience}
  if not held then log:write(support.violation, 11) end
  lock:release()
  support.join(child, log, 12)
end

-- A value and an array that three add to; who dies holding their locks leaves at most one step
-- half done.
local function add_up(log)
  local total, both = mp.Value("q"), mp.Array("q", 2000)
  local ends = both:slice(-1, -1)
  local rounds = math.random(20)
  local function work()
    for _ = 1, rounds do
      total:add(1)
      both:with(function()
        both[1] = both[1] + 1
        ends[1] = ends[1] + 1
      end)
    end
  end
  local first, second = start(work), start(work)
  work()
  local dead = 0
  for position, child in ipairs{first, second} do
    if support.join(child, log, 30 + 2 * position) ~= 0 then dead = dead + 1 end
  end
  local least, most = rounds * (3 - dead), rounds * 3
  if total.value < least or total.value > most or (dead == 0 and total.value ~= most) then
    log:write(support.violation, 28)
  end
  local missing = both[1] - both[2000]
  if both[1] < least or both[1] > most or missing < 0 or missing > dead then
    log:write(support.violation, 29)
  end
end

-- Everybody who waits for a queue hears of its end, whoever died in the middle of ending it.
local function shut_down(log)
  local queue = mp.JoinableQueue(2)
  local is_immediate = math.random(2) == 1
  local function consume()
    while true do
      local is_open, why = pcall(function()
        queue:get()
        queue:task_done()
      end)
      if not is_open then return assert(why:is(mp.ShutDown), why) end
    end
  end
  local function produce()
    while true do
      local is_open, why = pcall(queue.put, queue, "z")
      if not is_open then return assert(why:is(mp.ShutDown), why) end
    end
  end
  local consumer, producer = start(consume), start(produce)
  mp.sleep(math.random() * 0.002)
  local ender = start(function() queue:shutdown(is_immediate) end)
  local ended = support.join(ender, log, 20)
  -- It may have died before the mark; the second time does no harm.
  if ended ~= 0 then queue:shutdown(is_immediate) end
  support.join(producer, log, 22)
  local is_counted = support.join(consumer, log, 24) == 0
  if is_immediate and queue:qsize() ~= 0 and queue:try_get(1) then
    log:write(support.violation, 26)
  end
  -- What a dead consumer took is never done; else nothing is left to wait for.
  if is_counted and is_immediate then queue:join() end
end

-- Blocks by a few names: some of them were left by the dead, and the program's end removes those.
local function share_memory(log)
  local SharedMemory = mp.shared_memory.SharedMemory
  for _ = 1, 5 do
    local name = string.format("soak_%d_%d", root, math.random(20))
    local is_new, block = pcall(SharedMemory, name, true, 5000)
    if not is_new then
      assert(block:is(mp.FileExistsError), block)
      is_new, block = pcall(SharedMemory, name)
      if not is_new then assert(block:is(mp.FileNotFoundError), block) end
    end
    if is_new then
      local text = block.buf:get(1, 4)
      if #block.buf ~= 5000 or text ~= "\0\0\0\0" and text ~= "soak" then
        log:write(support.violation, 40)
      end
      block.buf:set(1, "soak")
      local is_last, why = pcall(block.unlink, block)
      if not is_last then assert(why:is(mp.FileNotFoundError), why) end
      block:close()
    end
  end
end

-- Ends of pipes in messages, taken in another order than they were sent in; whoever died meanwhile,
-- an end that nobody holds is closed.
local function send_ends(log)
  local queue, other = mp.Queue(), mp.Queue()
  local child = start(function()
    local conn = queue:get()
    local own, far = mp.Pipe()
    other:put{own, far}
    local is_sent, why = pcall(conn.send, conn, {far, "x"})
    if not is_sent then
      -- A parent that is dead takes this one with it, in a moment.
      mp.sleep(support.patience)
      error(why)
    end
    other:put(own)
    while other:try_get() do end
    queue:put{conn, own}
    if math.random(2) == 1 then conn:close() end
  end)
  local mine, its = mp.Pipe()
  for _ = 1, math.random(3) do other:put{(mp.Pipe())} end
  queue:put(its)
  queue:put{its, again = its}
  its:close()
  local found, message = mine:try_recv(support.patience)
  if found and message[2] ~= "x" then log:write(support.violation, 50) end
  support.join(child, log, 51)
  for _, box in ipairs{queue, other} do box:shutdown(true) end
  collectgarbage()
  collectgarbage()
  local function check_end(conn, number)
    local more, what = conn:try_recv(support.patience)
    if more and what[2] == "x" then more, what = conn:try_recv(support.patience) end
    if more or not what then log:write(support.violation, number) end
  end
  if found then check_end(message[1], 53) end
  check_end(mine, 54)
end

local function maker(_, log)
  local count = 0
  while true do
    count = count + 1
    local steps = {shut_down, share_memory, add_up, send_ends, make_objects, make_objects}
    steps[math.random(#steps)](log)
    log:write(0, count)
  end
end

local function body(id, serial, size)
  return string.rep(string.char((id * 31 + serial) % 256), size)
end

local function sender(output)
  return function(id, log)
    local serial = 0
    while true do
      serial = serial + 1
      -- More than 65,536 bytes take several packets.
      local size = math.random(4) == 1 and math.random(300000) or math.random(100)
      output:send{id, serial, size, body(id, serial, size)}
      log:write(0, serial)
      if serial % 16 == 0 then mp.sleep(0.001) end
    end
  end
end

local function is_whole(message)
  local id, serial, size, text = table.unpack(message)
  return text == body(id, serial, size)
end

local function receiver(input)
  return function(_, log)
    while true do
      local found, message = input:try_recv(0.01)
      if found then
        if is_whole(message) then
          log:write(message[1], message[2])
        else
          log:write(support.violation, 40)
        end
      end
    end
  end
end

local sent_in_all, lost_in_all, steps, longest, rounds = 0, 0, 0, 0, 0

local function play(time)
  local input, output = mp.Pipe(false)
  local sent, got = {}, {}
  local dead_receivers = 0
  local function see_got(id, serial)
    got[id] = got[id] or {}
    support.check(not got[id][serial], "message %d of %d came twice", serial, id)
    got[id][serial] = true
  end
  local is_sender = {}
  local herd = support.herd(
    {
      {"maker", maker}, {"maker", maker},
      {"sender", sender(output)}, {"sender", sender(output)},
      {"receiver", receiver(input)}, {"receiver", receiver(input)},
    },
    function(role, id)
      if role == "receiver" then dead_receivers = dead_receivers + 1 end
      is_sender[id] = role == "sender"
    end,
    function(member, id, serial)
      if id ~= 0 then
        see_got(id, serial)
      elseif is_sender[member] then
        sent[member] = serial
        sent_in_all = sent_in_all + 1
      else
        steps = steps + 1
      end
    end)
  herd:work(time, ENOUGH)
  while input:poll(0) do
    local found, message = input:try_recv(1)
    if not found then break end
    support.check(is_whole(message), "a message is damaged")
    see_got(message[1], message[2])
  end
  local lost = 0
  for id, last in pairs(sent) do
    for serial = 1, last do
      if not (got[id] and got[id][serial]) then lost = lost + 1 end
    end
  end
  support.check(
    lost <= dead_receivers, "%d messages lost by %d dead receivers", lost, dead_receivers)
  input:close()
  output:close()
  lost_in_all = lost_in_all + lost
  longest = math.max(longest, herd.longest)
  rounds = rounds + 1
end

local before = soak.statistics()
local stop_at = mp.time() + seconds
repeat
  -- In a coroutine, whose stack goes with it and keeps nothing alive.
  coroutine.wrap(play)(math.min(3, math.max(0.3, stop_at - mp.time())))
  support.check_clean(before)
until support.is_over(stop_at, ENOUGH)

support.report(
  "tree",
  "%d rounds of work by parents, %d messages by pipe, lost %d, in %d rounds, longest stall %.0f ms",
  steps, sent_in_all, lost_in_all, rounds, longest * 1000)
support.finish()
