-- A variable that functions of one message have in common stays common, and only there.
local mp = require "multiprocessing"
local q = mp.Queue()
local function through(v)
  q:put(v)
  return q:get()
end

local n = 0
local counter = {
  add = function() n = n + 1 return n end,
  get = function() return n end,
  set = function(v) n = v end,
}
local far = through(counter)
assert(far.add() == 1 and far.add() == 2 and far.get() == 2)
far.set(10)
assert(far.get() == 10 and far.add() == 11 and n == 0)

-- Two messages have nothing in common.
local other = through(counter)
assert(other.get() == 0 and far.get() == 11)

-- Each turn of a loop has a variable of its own.
local turns = {}
for i = 1, 3 do
  turns[i] = {up = function() i = i + 10 return i end, get = function() return i end}
end
local t = through(turns)
assert(t[1].up() == 11 and t[1].get() == 11 and t[2].get() == 2 and t[3].up() == 13 and t[2].up() == 12)

-- A variable in the middle of several functions, of enclosing ones and of coroutines that run still.
local function make()
  local x, y = 1, 2
  local function outer()
    local function inner() x = x + y return x end
    return inner
  end
  return {outer = outer, x = function() return x end, y = function(v) y = v end}
end
local m = through(make())
m.y(5)
assert(m.outer()() == 6 and m.x() == 6 and m.outer()() == 11)
local live = coroutine.wrap(function()
  local open = 1
  local function get() return open end
  local function set(v) open = v end
  while true do coroutine.yield({get, set}) open = open + 1 end
end)
for expected = 1, 3 do
  local pair = through(live())
  assert(pair[1]() == expected)
  pair[2](99)
  assert(pair[1]() == 99)
end

-- Joined by hand; the same variable twice in one function.
local u, v = 1, 2
local function two() return u, v end
debug.upvaluejoin(two, 1, two, 2)
local function set(value) v = value end
local joined = through{two, set}
assert(select(1, joined[1]()) == 2)
joined[2](8)
local first, second = joined[1]()
assert(first == 8 and second == 8)

-- The same function twice is one function; closures of one place are several.
local function one() return n end
local list = through{one, one, {one}, [one] = 1}
assert(list[1] == list[2] and list[3][1] == list[1] and list[list[1]] == 1)
assert(t[1].get ~= t[2].get)

-- A table in several variables stays one table.
local shared = {}
local f, g = (function() local a = shared return function() return a end end)(),
  (function() local b = shared return function() return b end end)()
local both = through{f, g, shared}
assert(both[1]() == both[2]() and both[1]() == both[3])
print "ok"
