-- Python: pool workers are daemons, and daemons may not have children. Here they may, and nothing is
-- left of the children when a worker is killed.
local mp = require "multiprocessing"
local alive = mp.Queue()
local pool <close> = mp.Pool(2)
local sums = pool:map(function(n)
  local inner <close> = require "multiprocessing".Pool(2)
  local list = inner:map(function(x) return x * x end, mp.range(n))
  local sum = 0
  for _, v in ipairs(list) do sum = sum + v end
  return sum
end, {3, 4, 5})
assert(sums[1] == 5 and sums[2] == 14 and sums[3] == 30)
local result = pool:apply_async(function(q)
  local inner <close> = require "multiprocessing".Pool(2)
  inner:map(function() q:put(require "multiprocessing".getpid()) while true do end end, {1, 2}, 1)
end, {alive})
local one, other = alive:get(), alive:get()
for _, pid in ipairs(pool:stats().pids) do os.execute("kill -KILL " .. pid) end
local ok, err = pcall(result.get, result)
assert(not ok and err:is(mp.WorkerLost))
local deadline = mp.time() + 10
for _, pid in ipairs {one, other} do
  local function runs()
    local file = io.open(("/proc/%d/stat"):format(pid))
    if not file then return false end
    local state = (file:read "a" or ""):match "%) (%a)"
    file:close()
    return state and state ~= "Z" and state ~= "X"
  end
  while runs() and mp.time() < deadline do mp.sleep(0.01) end
  assert(not runs(), "a worker's worker is left")
end
print "ok"
