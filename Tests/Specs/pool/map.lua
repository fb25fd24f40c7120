-- map and starmap: lists, ranges, arrays and functions as input; chunks; nils; errors.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(3)
local function double(x) return 2 * x end
local function same(list, expected)
  assert(#list == #expected, mp.repr(list))
  for i, v in ipairs(expected) do assert(list[i] == v, mp.repr(list)) end
end

same(pool:map(double, {1, 2, 3}), {2, 4, 6})
same(pool:map(double, {}), {})
same(pool:map(double, mp.range(5)), {0, 2, 4, 6, 8})
same(pool:map(double, mp.range(10, 0, -3)), {20, 14, 8, 2})
same(pool:map(double, mp.Array("d", {0.5, 1.5})), {1, 3})
local n = 0
same(pool:map(double, function() n = n + 1 if n < 4 then return n end end), {2, 4, 6})
for chunk = 1, 11 do
  local list = pool:map(double, mp.range(1, 11), chunk)
  for i = 1, 10 do assert(list[i] == 2 * i) end
end
same(pool:map(double, {1, 2, 3}, {chunksize = 2}), {2, 4, 6})
same(pool:starmap(function(a, b) return a .. b end, {{"a", "b"}, {"c", "d"}}), {"ab", "cd"})
local half = pool:starmap(function(a, b) return a, b end, {{nil, 1, n = 2}, {2, 3}})
assert(half[1] == nil and half[2] == 2 and half.n == 2)

-- nil as input and as result; n says how long the list is, only then.
local list = pool:map(function(x) return x end, {1, nil, 3, n = 3})
assert(list[1] == 1 and list[2] == nil and list[3] == 3 and list.n == 3)
assert(pool:map(double, {1, 2}).n == nil)

-- Large functions and items, and shared objects among them.
local text = ("x"):rep(100000)
assert(pool:apply(function() return #text end) == 100000)
same(pool:map(function(s) return #s + #text end, {text, text .. "y"}), {200000, 200001})
local q = mp.Queue()
pool:map(function(queue) queue:put(1) end, {q, q, q})
assert(q:qsize() == 3)

-- The error of the first item that failed, after all have ended.
local counter = mp.Value("i", 0)
local ok, err = pcall(pool.map, pool, function(x)
  if x % 2 == 0 then error("no " .. x) end
  return x
end, {1, 2, 3, 4}, 1)
assert(not ok and err.message:find "no 2$" and err.call:find "%(2%)$", err)
assert(counter.value == 0)
-- However many items a range has.
ok, err = pcall(pool.map, pool, function() error "the first" end, mp.range(math.maxinteger))
assert(not ok and err.message:find "the first$", err)
local result = pool:map_async(double, {1, 2})
same(result:get(), {2, 4})
same(pool:starmap_async(double, {{1}, {2}}):get(), {2, 4})
print "ok"
