-- 10,000 processes, started and joined, leave no descriptor, process, slot or memory; fewer of those
-- that take longer to start.

local mp = require "multiprocessing"

local COUNT = mp.get_start_method() == "fork" and 10000 or 1500

local answer = os.tmpname()

-- The number that a command prints. Not by `popen`, whose pipe is a descriptor more at times.
local function command(line)
  assert(os.execute("{ " .. line:gsub("PID", mp.getpid()) .. "; } >" .. answer))
  local file <close> = assert(io.open(answer))
  return assert(file:read "n")
end

-- Open descriptors, children, resident KiB, and the 512-byte blocks of the shared memory file.
local function look()
  collectgarbage()
  collectgarbage()
  return {
    descriptors = command "ls /proc/PID/fd | wc -l",
    -- The shell that asks is one, always.
    children = command "grep -sl '^PPid:.PID$' /proc/[0-9]*/status | wc -l",
    resident = command "awk '/^VmRSS/ { print $2 }' /proc/PID/status",
    blocks = command
      "stat -Lc %b $(find /proc/PID/fd -lname '*memfd:mplua*' | head -n 1)",
  }
end

local function idle() end

local function work(count)
  for i = 1, count do
    -- Garbage that waits for the collector is no leak.
    if i % 250 == 0 then collectgarbage() end
    local process = mp.Process{target = idle}
    process:start()
    process:join()
    assert(process.exitcode == 0)
  end
end

work(300)
local before = look()
work(COUNT)
local after = look()

-- What 10,000 times 32 bytes would exceed; and a page for each would be 80,000 blocks.
local function more(what) return after[what] - before[what] end
assert(more "descriptors" == 0, more "descriptors" .. " more descriptors")
assert(more "children" == 0, more "children" .. " more children")
assert(#mp.active_children() == 0)
assert(more "resident" < 320, more "resident" .. " KiB more")
assert(more "blocks" < 640, more "blocks" .. " blocks more")
os.remove(answer)
print "ok"
