-- Hundreds of thousands of values and arrays made and dropped, also in a child: memory stays flat.
local mp = require "multiprocessing"

local name = os.tmpname()
local function number(command)
  assert(os.execute("{ " .. command:gsub("PID", mp.getpid()) .. "; } >" .. name))
  local file <close> = assert(io.open(name))
  return assert(file:read "n")
end
local function look()
  collectgarbage()
  collectgarbage()
  return {
    number "awk '/^RssAnon/ { print $2 }' /proc/PID/status",
    number "stat -Lc %b $(find /proc/PID/fd -lname '*memfd:mplua*' | head -n 1)",
  }
end
local function work(count)
  for i = 1, count do
    mp.Value("i", i)
    mp.RawValue("d")
    mp.Array("h", 4)
    if i % 10 == 0 then mp.RawArray("d", 1000):slice(2, 5)[1] = i end
    if i % 1000 == 0 then collectgarbage() end
  end
end
work(5000)
local before = look()
work(50000)
local p = mp.Process{target = work, args = {5000}}
p:start()
p:join()
assert(p.exitcode == 0)
local after = look()
os.remove(name)
assert(after[1] - before[1] < 2048, "anonymous memory grew by KiB: " .. after[1] - before[1])
assert(after[2] - before[2] < 2048, "shared memory grew by blocks: " .. after[2] - before[2])
print "ok"
