-- 10,000 queues, locks, values, arrays and pipes, made, used and dropped, leave no descriptor, shared
-- memory file or memory; and 64 MiB of messages are given back when they were read.

local mp = require "multiprocessing"

local COUNT = 10000

local answer = os.tmpname()

-- The number that a command prints. Not by `popen`, whose pipe is a descriptor more at times.
local function command(line)
  assert(os.execute("{ " .. line:gsub("PID", mp.getpid()) .. "; } >" .. answer))
  local file <close> = assert(io.open(answer))
  return assert(file:read "n")
end

local function shared_blocks()
  return command "stat -Lc %b $(find /proc/PID/fd -lname '*memfd:mplua*' | head -n 1)"
end

-- Open descriptors, shared memory files, resident KiB and 512-byte blocks of shared memory.
local function look()
  collectgarbage()
  collectgarbage()
  return {
    descriptors = command "ls /proc/PID/fd | wc -l",
    files = command "find /proc/PID/fd -lname '*memfd:*' | wc -l",
    resident = command "awk '/^VmRSS/ { print $2 }' /proc/PID/status",
    blocks = shared_blocks(),
  }
end

local makers = {
  queue = function()
    local queue = mp.Queue()
    queue:put "x"
    assert(queue:get() == "x")
  end,
  full_queue = function()
    local queue = mp.Queue()
    queue:put(string.rep("x", 5000))
  end,
  joinable_queue = function()
    local queue = mp.JoinableQueue(3)
    queue:put(1)
    queue:get()
    queue:task_done()
    queue:join()
  end,
  lock = function() mp.Lock():acquire() end,
  recursive_lock = function() mp.RLock():acquire() end,
  value = function() mp.Value("i", 5):add(1) end,
  raw_value = function() mp.RawValue("d", 5).value = 6 end,
  small_array = function() mp.Array("h", 4)[4] = 5 end,
  array = function() mp.Array("d", 1000):slice(500):fill(1) end,
  closed_pipe = function()
    local one, other = mp.Pipe()
    one:send "x"
    assert(other:recv() == "x")
    one:close()
    other:close()
  end,
  dropped_pipe = function()
    local one = mp.Pipe(false)
    assert(not one:poll(0))
  end,
}

local function work(make, count)
  for position = 1, count do
    make()
    -- Pipes have descriptors, of which there are few.
    if position % 100 == 0 then collectgarbage() end
  end
end

for name, make in pairs(makers) do
  work(make, 300)
  local before = look()
  work(make, COUNT)
  local after = look()
  local function check(what, most)
    local more = after[what] - before[what]
    assert(more <= most, name .. ": " .. more .. " more " .. what)
  end
  check("descriptors", 0)
  check("files", 0)
  -- What 10,000 times 64 bytes would exceed; and a page for each would be 80,000 blocks.
  check("resident", 640)
  check("blocks", 640)
end

-- 64 MiB in one message, then in many.
local function fill_and_drain(count)
  local queue = mp.Queue()
  local before = shared_blocks()
  local message = string.rep("m", (64 << 20) // count)
  for _ = 1, count do queue:put(message) end
  assert(shared_blocks() - before >= (64 << 20) // 512, "the messages are in shared memory")
  for _ = 1, count do assert(#queue:get() == #message) end
  local kept = (shared_blocks() - before) * 512
  assert(kept <= 17 << 20, "a drained queue keeps " .. kept .. " bytes")
end

for _, count in ipairs{1, 1024} do
  local before = shared_blocks()
  fill_and_drain(count)
  collectgarbage()
  collectgarbage()
  assert((shared_blocks() - before) * 512 <= 1 << 20, "a dropped queue leaves memory")
end
os.remove(answer)
print "ok"
