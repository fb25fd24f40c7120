-- Tables travel with their metatables: objects stay objects, and share their class as they did.
local mp = require "multiprocessing"
local pickler = mp.reduction.ForkingPickler
local q = mp.Queue()
local a, b = mp.Pipe()
local function each(v, check)
  q:put(v)
  check(q:get())
  a:send(v)
  check(b:recv())
  check(pickler.loads(pickler.dumps(v)))
end

local Point = {}
Point.__index = Point
Point.__eq = function(p, r) return p.x == r.x and p.y == r.y end
Point.__add = function(p, r) return Point.new(p.x + r.x, p.y + r.y) end
function Point.new(x, y) return setmetatable({x = x, y = y}, Point) end
function Point:norm() return self.x * self.x + self.y * self.y end
each(Point.new(3, 4), function(p)
  assert(p:norm() == 25 and p.x == 3 and getmetatable(p) ~= Point)
  local sum = p + p
  assert(sum.x == 6 and getmetatable(sum) == getmetatable(p) and p == Point.new(3, 4))
end)

-- The class once in a message, and the objects with it.
local list = {}
for i = 1, 100 do list[i] = Point.new(i, i) end
each(list, function(l)
  for i = 1, 100 do assert(getmetatable(l[i]) == getmetatable(l[1]) and l[i].x == i) end
end)
assert(#pickler.dumps(list) < #pickler.dumps(list[1]) + 100 * 40)
local one = Point.new(1, 2)
each({one, one, class = Point, [one] = "key"}, function(t)
  assert(rawequal(t[1], t[2]) and getmetatable(t[1]) == t.class and t[t[1]] == "key")
end)

-- A metatable that is its table's own, one that leads back to it, an empty table, an empty metatable.
local own = {}
setmetatable(own, own)
each(own, function(t) assert(getmetatable(t) == t) end)
local back = {}
setmetatable(back, {__index = {back = back}, back = back})
each(back, function(t) assert(t.back == t and getmetatable(t).back == t) end)
each(setmetatable({}, {}), function(t) assert(next(t) == nil and next(getmetatable(t)) == nil) end)
each({setmetatable({1, 2, 3, x = 4}, {__len = function() return 9 end})}, function(t)
  assert(#t[1] == 9 and t[1][3] == 3 and t[1].x == 4)
end)

-- Chains of classes, methods that call their parents.
local Base = {}
Base.__index = Base
function Base:name() return "base" end
local Derived = setmetatable({}, {__index = Base})
Derived.__index = Derived
function Derived:name() return "derived of " .. Base.name(self) end
each(setmetatable({}, Derived), function(o) assert(o:name() == "derived of base") end)

-- No metamethod runs here while a value is sent or received, nor is one needed.
local touched = 0
local function touch() touched = touched + 1 end
local wary = {__index = touch, __newindex = touch, __len = touch, __pairs = touch, __eq = touch, __call = touch,
  __metatable = "hidden", __tostring = touch, __concat = touch, __name = "Wary"}
each(setmetatable({1, 2, x = 3}, wary), function(t)
  assert(rawget(t, 1) == 1 and rawget(t, "x") == 3 and getmetatable(t) == "hidden")
end)
assert(touched == 0)

-- Weak tables are weak at the other end.
each(setmetatable({{}, kept = print}, {__mode = "v"}), function(t)
  collectgarbage()
  assert(#t == 0 and t.kept == print)
end)

-- Finalizers and closing functions belong to the copy.
local up = mp.Queue()
local guarded = setmetatable({name = "g"}, {__gc = function(self) up:put("gone " .. self.name) end,
  __close = function(self) up:put("closed " .. self.name) end})
local p = mp.Process{target = function()
  do local g <close> = q:get() end
  collectgarbage()
end}
p:start()
q:put(guarded)
assert(up:get() == "closed g" and up:get() == "gone g")
p:join()

-- Depth costs no native stack, here neither.
local deep = 0
for _ = 1, 100000 do deep = setmetatable({deep}, {deep = deep}) end
q:put(deep)
local depth, d = 0, q:get()
while d ~= 0 do
  assert(rawequal(getmetatable(d).deep, d[1]))
  depth, d = depth + 1, d[1]
end
assert(depth == 100000)

-- What cannot be sent in a metatable is named.
local ok, err = pcall(q.put, q, {p = setmetatable({}, {__index = {log = io.tmpfile()}})})
assert(not ok and err.message == "cannot send p.<metatable>.__index.log (userdata FILE*)", err.message)
local log = io.tmpfile()
ok, err = pcall(q.put, q, setmetatable({}, {__index = function() return log end}))
assert(not ok and err.message == "cannot send <metatable>.__index.log (userdata FILE*), "
  .. "upvalue 'log' of function at reduction/metatables.lua:103", err.message)
assert(q:empty())
print "ok"
