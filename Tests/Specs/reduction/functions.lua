-- Functions travel by value, with the variables that they captured, through queues and pipes.
local mp = require "multiprocessing"
local pickler = require "multiprocessing.reduction".ForkingPickler
local q = mp.Queue()
local a, b = mp.Pipe()
local function each(v, check)
  q:put(v)
  check(q:get())
  a:send(v)
  check(b:recv())
  check(pickler.loads(pickler.dumps(v)))
end

each(function() return 42 end, function(f) assert(f() == 42) end)
local n, s, t = 7, "x", {1, {2}}
each(function(m) n = n + m return n, s, t[2][1] end, function(f)
  local sum, text, inner = f(1)
  assert(sum == 8 and text == "x" and inner == 2)
  assert(select(1, f(1)) == 9 and n == 7)
end)

-- The global table is the receiver's.
each(function(k, v) _ENV[k] = v return _G end, function(f)
  assert(f("from_message", 5) == _G and _G.from_message == 5)
  _G.from_message = nil
end)

-- Functions in tables, tables in upvalues, functions as keys, and all of it in circles.
local object = {value = 3}
function object.get() return object.value end
object[object.get] = "key"
each(object, function(o)
  o.value = 4
  assert(o.get() == 4 and o[o.get] == "key" and o.get ~= object.get)
end)
local function nested(x)
  return function(y) return function(z) return x + y + z + n end end
end
each(nested(1)(2), function(f) assert(f(3) == 13) end)
each({nested, nested}, function(list) assert(list[1] == list[2] and list[1](1)(2)(3) == 13) end)

-- A varargs function, one without upvalues, one with the most.
each(function(...) return select("#", ...), ... end, function(f)
  local count, first = f(nil, nil)
  assert(count == 2 and first == nil)
end)
local names, uses = {}, {}
for i = 1, 120 do names[i], uses[i] = "v" .. i, "v" .. i end
local many = load("local " .. table.concat(names, ", ") .. " = ...\nreturn function() return "
  .. table.concat(uses, " + ") .. " end")(table.unpack((function()
    local numbers = {}
    for i = 1, 120 do numbers[i] = i end
    return numbers
  end)()))
each(many, function(f) assert(f() == 7260) end)

-- Lines and names of variables stay, so that errors are right.
local function fails(v) return v.field end
each(fails, function(f)
  local ok, message = pcall(f)
  assert(not ok and message:find "^reduction/functions.lua:58: .*local 'v'", message)
end)

-- In a child, and back.
local function square(x) return x * x end
local up = mp.Queue()
local p = mp.Process{target = function()
  local f = q:get()
  up:put{f(5), function(x) return f(x) + 1 end}
end}
p:start()
q:put(function(x) return square(x) + n end)
local answer = up:get()
p:join()
assert(answer[1] == 32 and answer[2](6) == 44)

-- What is nested deep needs no native stack; that it is large is not told here.
mp.get_logger():setLevel(mp.ERROR)
local chain = function() return 0 end
for _ = 1, 100000 do
  local inner = chain
  chain = function() return inner end
end
q:put(chain)
local depth, f = 0, q:get()
while f() ~= 0 do depth, f = depth + 1, f() end
assert(depth == 100000)
print "ok"
