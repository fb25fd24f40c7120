-- 10,000 processes, started and joined, leave no descriptor, process, slot or memory.

local mp = require "multiprocessing"

local COUNT = 10000

local function command(line)
  local pipe <close> = io.popen((line:gsub("PID", mp.getpid())))
  return tonumber((pipe:read "a")) or 0
end

-- Open descriptors, children, resident KiB, and the 512-byte blocks of the shared memory file.
local function look()
  collectgarbage()
  collectgarbage()
  return {
    descriptors = command "ls /proc/PID/fd | wc -l",
    children = command "ps --no-headers --ppid PID 2>/dev/null | wc -l",
    resident = command "awk '/^VmRSS/ { print $2 }' /proc/PID/status",
    blocks = command
      "stat -Lc %b $(find /proc/PID/fd -lname '*memfd:mplua*' | head -n 1)",
  }
end

local function idle() end

local function work(count)
  for _ = 1, count do
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

-- What 10,000 times 64 bytes would exceed; and a page for each would be 80,000 blocks.
assert(after.descriptors == before.descriptors, after.descriptors .. " descriptors")
assert(after.children == before.children, after.children .. " children")
assert(#mp.active_children() == 0)
assert(after.resident - before.resident < 640, after.resident - before.resident .. " KiB")
assert(after.blocks - before.blocks < 640, after.blocks - before.blocks .. " blocks")
print "ok"
