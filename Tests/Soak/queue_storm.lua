-- queue_storm.lua [SECONDS [SEED]]: two putters and two getters on one queue and one lock, killed
-- at random and replaced, or dying at the step that MPLUA_FAULT names. Every message is numbered
-- and filled with what its number says; every put and get is written down.

package.path = arg[0]:match "^(.-)[^/]*$" .. "?.lua;" .. package.path
local mp = require "multiprocessing"
local soak = require "multiprocessing._soak"
local support = require "support"

local seconds = tonumber(arg[1]) or 10
local seed = tonumber(arg[2]) or os.time()
math.randomseed(seed)

local fault = os.getenv "MPLUA_FAULT" or ""
local ENOUGH = 40 -- deaths at a step
local LIST = 8 -- messages that are put at once

local function body(id, serial, size)
  return string.rep(string.char((id * 31 + serial) % 256), size)
end

-- One turn inside the lock: the file has two counters that agree, and between them nobody.
local cells = "<I8I8I8"

local function take_turn(lock, file, log)
  local function load()
    file:seek "set"
    return cells:unpack(file:read(24))
  end
  local function store(...)
    file:seek "set"
    file:write(cells:pack(...))
  end
  local _, how = lock:acquire()
  local first, inside, second = load()
  if how == nil and (inside ~= 0 or first ~= second) then log:write(support.violation, 1) end
  local me = mp.getpid()
  store(first + 1, me, second)
  for _ = 1, math.random(200) do first = first end
  local now_first, now_inside, now_second = load()
  if now_first ~= first + 1 or now_inside ~= me or now_second ~= second then
    log:write(support.violation, 2)
  end
  store(first + 1, 0, first + 1)
  lock:release()
end

local function open_turns(name)
  local file = assert(io.open(name, "r+b"))
  file:setvbuf "no"
  return file
end

local function putter(round)
  return function(id, log)
    local queue = round.queue
    local file = open_turns(round.turns)
    local function message(serial)
      local size = math.random(64) == 1 and math.random(round.biggest) or math.random(60)
      return {id, serial, size, body(id, serial, size)}
    end
    local serial = 0
    while true do
      if math.random(16) == 1 then
        local list = {}
        for position = 1, LIST do list[position] = message(serial + position) end
        queue:put_many(list)
        serial = serial + LIST
      else
        serial = serial + 1
        queue:put(message(serial))
      end
      log:write(0, serial)
      if serial % 4 == 0 then take_turn(round.lock, file, log) end
      if queue:qsize() > round.most then mp.sleep(0.001) end
    end
  end
end

-- Whether a message is what its putter made.
local function is_whole(message)
  local id, serial, size, text = table.unpack(message)
  return math.type(id) == "integer" and math.type(serial) == "integer" and #message == 4
    and text == body(id, serial, size)
end

local function getter(round)
  return function(_, log)
    local queue = round.queue
    local file = open_turns(round.turns)
    local count = 0
    while true do
      local found, message
      if math.random(4) == 1 then
        found, message = queue:try_get(math.random() * 0.01)
      else
        found, message = true, queue:get()
      end
      if found then
        if is_whole(message) then
          log:write(message[1], message[2])
        else
          log:write(support.violation, 3)
        end
      end
      count = count + 1
      if count % 4 == 0 then take_turn(round.lock, file, log) end
    end
  end
end

local kinds = {
  {maxsize = 0, biggest = 60, most = 5000},
  {maxsize = 7, biggest = 60, most = 5000},
  {maxsize = 0, biggest = 300000, most = 500},
  {maxsize = 100, biggest = 60000, most = 500},
  {maxsize = 0, biggest = 12000000, most = 40},
}
-- Steps of growing and shrinking are only reached by big messages.
local is_big = fault:find "^ring[BRS]"
if is_big then kinds = {kinds[5]} end
-- A queue that shrinks and grows soon keeps its region from then on: it takes many queues.
local longest_round = is_big and 0.3 or 3

local messages, rounds, longest, lost_in_all, getter_deaths = 0, 0, 0, 0, 0

local function play(kind, time)
  local before = soak.statistics()
  local round = {
    queue = mp.Queue(kind.maxsize), lock = mp.Lock(), turns = support.prefix .. ".turns",
    biggest = kind.biggest, most = kind.most,
  }
  local file = assert(io.open(round.turns, "wb"))
  file:write(cells:pack(0, 0, 0))
  file:close()

  -- For each putter: the last number it wrote down, and the numbers that were got.
  local put, got = {}, {}
  local dead_getters = 0
  local function see_got(id, serial)
    got[id] = got[id] or {}
    support.check(not got[id][serial], "message %d of %d came twice", serial, id)
    got[id][serial] = true
    messages = messages + 1
  end
  local herd = support.herd(
    {
      {"putter", putter(round)}, {"getter", getter(round)},
      {"putter", putter(round)}, {"getter", getter(round)},
    },
    function(role) if role == "getter" then dead_getters = dead_getters + 1 end end,
    function(member, id, serial)
      if id == 0 then
        put[member] = serial
      else
        see_got(id, serial)
      end
    end)
  herd:work(time, ENOUGH)

  local left = round.queue:qsize()
  for position = 1, left do
    local found, message = round.queue:try_get(5)
    if not found then
      support.check(false, "qsize was %d, but only %d messages came", left, position - 1)
      break
    end
    support.check(is_whole(message), "a message is damaged")
    see_got(message[1], message[2])
  end
  support.check(round.queue:qsize() == 0, "qsize is %d at the end", round.queue:qsize())
  support.check(round.queue:empty(), "the queue is not empty at the end")

  local lost = 0
  for id, last in pairs(put) do
    for serial = 1, last do
      if not (got[id] and got[id][serial]) then lost = lost + 1 end
    end
  end
  for id, serials in pairs(got) do
    for serial in pairs(serials) do
      support.check(serial <= (put[id] or 0) + LIST, "%d was never put by %d", serial, id)
    end
  end
  support.check(lost <= dead_getters, "%d messages lost by %d dead getters", lost, dead_getters)
  -- The lock is free, or its owner is dead: a turn of our own shows it.
  local held = round.lock:acquire{timeout = 5}
  support.check(held, "the lock is not to be had at the end")
  if held then round.lock:release() end
  os.remove(round.turns)

  lost_in_all = lost_in_all + lost
  getter_deaths = getter_deaths + dead_getters
  longest = math.max(longest, herd.longest)
  rounds = rounds + 1
  return before
end

local stop_at = mp.time() + seconds
repeat
  local kind = kinds[rounds % #kinds + 1]
  -- In a coroutine, whose stack goes with it and keeps nothing alive.
  local time = math.min(longest_round, math.max(0.3, seconds / #kinds))
  local before = coroutine.wrap(play)(kind, time)
  support.check_clean(before)
until support.is_over(stop_at, ENOUGH)

support.report(
  "queue",
  "%d messages in %d rounds, put but not got %d (getters dead: %d), longest stall %.0f ms",
  messages, rounds, lost_in_all, getter_deaths, longest * 1000)
support.finish()
