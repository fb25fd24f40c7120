-- Every kind of value through a queue, a pipe and dumps: it comes out as it went in.
local mp = require "multiprocessing"
local pickler = require "multiprocessing.reduction".ForkingPickler
local q = mp.Queue()
local a, b = mp.Pipe()
local function each(v, check)
  q:put(v)
  check(q:get())
  local message = pickler.dumps(v)
  check(pickler.loads(message))
  -- What a pipe takes while nobody receives.
  if #message < 30000 then
    a:send(v)
    check(b:recv())
  end
end
local function same(v)
  each(v, function(w) assert(rawequal(v, w) and math.type(v) == math.type(w), mp.repr(w)) end)
end
same(nil)
for _, v in ipairs{true, false, 0, 1, -1, 95, 96, -32, -33, 127, 128, -128, -129, 32767, 32768,
  -32769, 2147483647, 2147483648, -2147483649, math.maxinteger, math.mininteger, 0.0, 1.0, 0.1,
  1e308, 5e-324, math.huge, -math.huge, "", "\0", "a\0b", ("\255"):rep(63), ("x"):rep(64),
  ("y"):rep(255), ("z"):rep(256), ("w"):rep(16383), ("w"):rep(16384), ("w"):rep(70000)} do
  same(v)
end
each(-0.0, function(v) assert(math.type(v) == "float" and 1 / v == -math.huge) end)
each(0 / 0, function(v) assert(v ~= v) end)
each({}, function(v) assert(next(v) == nil and getmetatable(v) == nil) end)
local keys = {[1] = 1, [-1] = 2, [1.5] = 3, [true] = 4, [false] = 5, ["\0"] = 6, [""] = 7,
  [math.mininteger] = 8, [math.huge] = 9, [2 ^ 53] = 10}
each(keys, function(v)
  local n = 0
  for key, value in pairs(v) do
    assert(keys[key] == value)
    n = n + 1
  end
  assert(n == 10)
end)
local shared, key = {}, {}
local cycle = {shared = shared, again = shared, [key] = key}
cycle.me = cycle
shared.up = cycle
each(cycle, function(v)
  assert(v.me == v and v.shared == v.again and v.shared.up == v and v ~= cycle)
  for k, w in pairs(v) do if type(k) == "table" then assert(k == w) end end
end)
local deep = {}
for _ = 1, 300000 do deep = {deep} end
each(deep, function(v)
  local n = 0
  while v[1] do v, n = v[1], n + 1 end
  assert(n == 300000)
end)
each({1, nil, 3, n = 3}, function(v) assert(v[1] == 1 and v[2] == nil and v[3] == 3 and v.n == 3) end)
print "ok"
