-- Three stages joined by queues, each in a process of its own. The queues are short, so a quick
-- stage waits for a slow one instead of filling the memory.

local mp = require "multiprocessing"
local Process, Queue, Value = mp.Process, mp.Queue, mp.Value

local LENGTH = 4

-- Makes lines of a log; counts them so that the last stage can see how far ahead it is.
local function read(lines, made)
  for i = 1, 40 do
    lines:put(("request %d took %d ms"):format(i, i * 37 % 101))
    made:add(1)
  end
  lines:shutdown()
end

local function parse(lines, records)
  for line in lines:iter() do
    local id, duration = line:match("^request (%d+) took (%d+) ms$")
    records:put{id = tonumber(id), duration = tonumber(duration)}
  end
  records:shutdown()
end

local function report(records, made)
  local slow, seen, ahead = {}, 0, 0
  for record in records:iter() do
    ahead = math.max(ahead, made.value - seen)
    seen = seen + 1
    if record.duration > 90 then
      slow[#slow + 1] = record.id
    end
  end
  print(("%d requests, slow: %s"):format(seen, table.concat(slow, ", ")))
  -- Each stage has one line in hand, the others are in the queues.
  print("never too far ahead: " .. tostring(ahead <= 2 * LENGTH + 2))
end

if __name__ == "__main__" then
  local lines, records = Queue(LENGTH), Queue(LENGTH)
  local made = Value("i", 0)
  local stages = {
    Process{target = read, args = {lines, made}},
    Process{target = parse, args = {lines, records}},
    Process{target = report, args = {records, made}},
  }
  for _, stage in ipairs(stages) do stage:start() end
  for _, stage in ipairs(stages) do stage:join() end
end
