-- Python: a queue is two descriptors and three named semaphores, and they run out. Here it is none.
local mp = require "multiprocessing"

-- Not by `popen`, whose pipe is a descriptor more at times.
local answer = os.tmpname()
local function count(command)
  os.execute(command .. " >" .. answer)
  local file <close> = assert(io.open(answer))
  return file:read "n"
end
local function descriptors() return count("ls /proc/" .. mp.getpid() .. "/fd | wc -l") end
local function names() return count("grep -c /dev/shm /proc/" .. mp.getpid() .. "/maps") end

mp.Queue():put(1)
local before = descriptors()
local kept = {}
for i = 1, 5000 do
  kept[i] = {mp.Queue(), mp.Lock(), mp.JoinableQueue(), mp.SimpleQueue(), mp.RLock()}
end
kept[5000][1]:put "x"
assert(descriptors() == before and names() == 0)
-- Never used, closed or just dropped.
for i = 1, 2500 do kept[i][1]:close() end
kept = nil
collectgarbage()
for _ = 1, 20000 do mp.Queue() end
assert(descriptors() == before)
os.remove(answer)
print "ok"
