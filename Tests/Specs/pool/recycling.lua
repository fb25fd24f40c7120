-- Workers that retire: after so many tasks, or when they have grown.
local mp = require "multiprocessing"
local function pid() return require "multiprocessing".getpid() end
local function distinct(list)
  local seen, count = {}, 0
  for _, v in ipairs(list) do
    if not seen[v] then count = count + 1 end
    seen[v] = true
  end
  return count
end
do
  local pool <close> = mp.Pool(2, nil, {}, 2)
  local tasks = {}
  for _, worker in ipairs(pool:map(pid, mp.range(8), 1)) do
    tasks[worker] = (tasks[worker] or 0) + 1
    assert(tasks[worker] <= 2)
  end
  -- A chunk is one task.
  assert(distinct(pool:map(pid, mp.range(8), 8)) == 1)
end
local pool <close> = mp.Pool{processes = 1, max_memory_per_child = 64 << 20}
local first = pool:apply(pid)
assert(pool:apply(pid) == first)
assert(pool:apply(function()
  rawset(_G, "kept", ("x"):rep(100 << 20))
  return require "multiprocessing".getpid()
end) == first)
assert(pool:apply(pid) ~= first)
local stats = pool:stats()
assert(stats.started == 2 and stats.lost == 0 and stats.done == 4 and stats.processes == 1)
-- Those that have retired leave no descriptors.
local function descriptors()
  local list <close> = io.popen("ls /proc/" .. mp.getpid() .. "/fd | wc -l")
  return list:read "n"
end
do
  local before = descriptors()
  local short <close> = mp.Pool(2, nil, {}, 1)
  for i = 1, 40 do assert(short:apply(math.sqrt, {i * i}) == i) end
  assert(descriptors() <= before + 6)
end
print "ok"
