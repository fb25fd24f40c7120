-- Functions that call themselves and each other, however the circle is closed.
local mp = require "multiprocessing"
local q = mp.Queue()
local function through(v)
  q:put(v)
  return q:get()
end

local function factorial(n) return n <= 1 and 1 or n * factorial(n - 1) end
local far = through(factorial)
assert(far ~= factorial and far(10) == 3628800)

-- It calls its own copy, not another.
local function me() return me end
far = through(me)
assert(far() == far and far ~= me)

local odd
local function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
far = through(even)
assert(far(10) and not far(7))
local both = through{even = even, odd = odd}
assert(both.even(8) and both.odd(9) and not both.odd(8))

-- Through tables, as methods do it, and as keys.
local class = {}
function class.start() return class.step(3) end
function class.step(n) return n == 0 and class or class.step(n - 1) end
far = through(class)
assert(far.start() == far)
local step = through(class.step)
assert(step(2).step == step)
local keyed = {}
keyed[function() return keyed end] = true
far = through(keyed)
assert(next(far)() == far)

-- A variable whose own value leads to functions that use it, seen from both sides.
local a, b, c
local box = {}
function a() return b, box end
function b() return c, box end
function c() return a, box end
box.a, box.b, box.c = a, b, c
for _, start in ipairs{a, b, c} do
  local f = through(start)
  local g = f()
  local h, there = g()
  assert(h() == f and there.a() == there.b and there.b() == there.c)
end

-- A long ring of functions.
local first
local last = function() return first end
first = last
for _ = 1, 20000 do
  local inner = first
  first = function() return inner end
end
far = through(first)
local f, count = far, 0
repeat f, count = f(), count + 1 until f == far
assert(count == 20001)
print "ok"
