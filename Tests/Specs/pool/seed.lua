-- seed = n: the random numbers of an item follow from n and its place alone, however the items are
-- cut; without it they differ. A progress bar is silent where there is no terminal.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(3)
local function roll() return math.random(1 << 40) end
local function same(a, b)
  for i = 1, 12 do if a[i] ~= b[i] then return false end end
  return true
end

local first = pool:map(roll, mp.range(12), {chunksize = 1, seed = 42})
assert(same(first, pool:map(roll, mp.range(12), {chunksize = 5, seed = 42})))
local one_by_one = {}
for r, i in pool:imap_unordered(roll, mp.range(12), {seed = 42}) do one_by_one[i] = r end
assert(same(first, one_by_one))
assert(not same(first, pool:map(roll, mp.range(12), {chunksize = 1, seed = 43})))
for i = 2, 12 do assert(first[i] ~= first[i - 1]) end
-- What comes after is random again.
local after = pool:map(roll, mp.range(12), {chunksize = 4})
assert(not same(after, pool:map(roll, mp.range(12), {chunksize = 4})))
local ok, err = pcall(pool.map, pool, roll, {1}, {seed = "x"})
assert(not ok and err.message == "seed must be an integer, got string")

local list = pool:map(function(x) return x end, {1, 2, 3}, {progress = "label"})
assert(#list == 3)
for _ in pool:imap(roll, {1, 2}, {progress = true}) do list.n = 2 end
ok, err = pcall(pool.map, pool, roll, {1}, {progress = 5})
assert(not ok and err.message == "progress must be a boolean or a label, got number")
print "ok"
