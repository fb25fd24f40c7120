-- A global that a worker has from an earlier task is replaced by a later one's: all workers agree.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(2)
global_read = 1
function global_parent() return global_read end
local function sum_of_all() return global_parent() + global_read end
assert(pool:apply(sum_of_all) == 2)
global_read = 20
function global_parent() return global_read + 1 end
for _, sum in ipairs(pool:map(function() mp.sleep(0.001) return sum_of_all() end, mp.range(40), 1)) do
  assert(sum == 41, sum)
end
print "ok"
