-- Python: a pool that is not closed by hand hangs the program's end, or leaves processes and memory.
-- Here a dropped pool ends, a scope ends it, and the program's end ends what is left, soon.
local mp = require "multiprocessing"
local function busy() while true do end end
for _ = 1, 20 do mp.Pool(2):map_async(busy, {1, 2}) end
collectgarbage()
collectgarbage()
assert(#mp.active_children() == 0)
for _ = 1, 5 do
  local pool <close> = mp.Pool(2)
  pool:apply_async(busy)
end
assert(#mp.active_children() == 0)
local ok = pcall(function()
  local pool <close> = mp.Pool(2)
  pool:apply_async(busy)
  error "left by an error"
end)
assert(not ok and #mp.active_children() == 0)
local left = mp.Pool(2)
left:map_async(busy, {1, 2})
print "ok"
