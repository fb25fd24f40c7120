-- as_completed: each future once, in the order in which they became done.
local mp = require "multiprocessing"
local futures = mp.futures

local fs = {}
for i = 1, 4 do fs[i] = futures.Future() end
fs[3]:set_result "three"
local order = {}
local ok, err = pcall(function()
  for future in mp.as_completed(fs, 0.05) do
    order[#order + 1] = future
    if #order == 1 then
      fs[4]:set_result "four"
      fs[1]:cancel()
    end
  end
end)
assert(not ok and err:is(mp.TimeoutError) and err.message == "1 (of 4) futures unfinished",
  tostring(err))
assert(#order == 3 and order[1] == fs[3] and order[2] == fs[4] and order[3] == fs[1])
local completed = mp.as_completed({fs[2], fs[2], fs[1]}, {timeout = 0})
assert(completed() == fs[1])
ok, err = pcall(completed)
assert(not ok and err.message == "1 (of 2) futures unfinished")
fs[2]:set_result(2)
assert(completed() == fs[2] and completed() == nil and completed() == nil)
for _ in mp.as_completed{} do error "nothing there" end

-- Keys of a table, as in Python's own example.
local names = {[fs[1]] = "a", [fs[2]] = "b"}
local seen = {}
for future in mp.as_completed(names) do seen[#seen + 1] = names[future] end
table.sort(seen)
assert(table.concat(seen) == "ab")

ok, err = pcall(mp.as_completed, {1})
assert(not ok and err.message == "fs[1] must be a Future, got number", tostring(err))
ok, err = pcall(mp.as_completed, mp, fs)
assert(not ok and err.message:find "with a dot", tostring(err))
local lonely = futures.Future()
ok, err = pcall(mp.as_completed{lonely})
assert(not ok and err:is(mp.DeadlockError))
print "ok"
