-- A file counted up by several processes: no count is lost.
local mp = require "multiprocessing"
local lock, path = mp.Lock(), os.tmpname()
local function count()
  local f <close> = assert(io.open(path))
  return f:read "n" or 0
end
local function add()
  local n = count()
  local f <close> = assert(io.open(path, "w"))
  f:write(n + 1)
end
local workers = {}
for i = 1, 4 do
  workers[i] = mp.Process{target = function()
    for _ = 1, 200 do lock:with(add) end
  end}
  workers[i]:start()
end
for _, p in ipairs(workers) do p:join() end
local n = count()
os.remove(path)
assert(n == 800, n)
print "ok"
