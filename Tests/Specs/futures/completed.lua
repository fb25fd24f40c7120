-- wait and as_completed over futures of workers.
local mp = require "multiprocessing"
local futures = mp.futures

local executor <close> = mp.ProcessPoolExecutor(3)
local gates = {mp.Event(), mp.Event(), mp.Event()}
local function pass(i)
  gates[i]:wait()
  return i
end
local fs = {}
for i = 1, 3 do fs[i] = executor:submit(pass, i) end
local done, not_done = futures.wait(fs, 0.05)
assert(#done == 0 and #not_done == 3)
-- In the order in which they end.
local order = {}
gates[2]:set()
local following = {[2] = 3, [3] = 1}
for future in mp.as_completed(fs) do
  local i = future:result()
  order[#order + 1] = i
  if following[i] then gates[following[i]]:set() end
end
assert(table.concat(order) == "231")

local gate = mp.Event()
fs = {
  executor:submit(function() return 1 end),
  executor:submit(function()
    gate:wait()
    return 2
  end),
}
done, not_done = futures.wait(fs, {return_when = futures.FIRST_COMPLETED})
assert(#done == 1 and done[1] == fs[1] and not_done[1] == fs[2])
local ok, err = pcall(function() for _ in mp.as_completed(fs, 0.05) do end end)
assert(not ok and err.message == "1 (of 2) futures unfinished", tostring(err))
fs[3] = executor:submit(function() error "x" end)
done, not_done = futures.wait(fs, nil, futures.FIRST_EXCEPTION)
assert(#not_done == 1 and not_done[1] == fs[2] and #done == 2)
gate:set()
done, not_done = futures.wait(fs)
assert(#done == 3 and #not_done == 0)

-- Futures of two executors.
local other <close> = mp.ProcessPoolExecutor(1)
fs = {}
for i = 1, 20 do
  fs[i] = (i % 2 == 0 and other or executor):submit(function(x) return x end, i)
end
local sum = 0
for future in mp.as_completed(fs) do sum = sum + future:result() end
assert(sum == 210)

-- Many.
fs = {}
for i = 1, 2000 do fs[i] = executor:submit(function(x) return x end, i) end
sum = 0
for future in mp.as_completed(fs) do sum = sum + future:result() end
assert(sum == 2001000)
print "ok"
