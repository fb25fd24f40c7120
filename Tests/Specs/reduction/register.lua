-- mp.register: metatables that travel by name and are the receiver's own.
local mp = require "multiprocessing"
local q = mp.Queue()
local function through(v)
  q:put(v)
  return q:get()
end
local Point = {}
Point.__index = Point
assert(mp.register("Point", Point) == Point)
local p = through(setmetatable({x = 1}, Point))
assert(getmetatable(p) == Point and p.x == 1)
assert(through(Point) == Point and through{Point, setmetatable({}, Point)}[1] == Point)
assert(#mp.reduction.ForkingPickler.dumps(setmetatable({}, Point)) < 40)

-- Again is the same; another one by that name, or another name, is an error.
mp.register("Point", Point)
local function refused(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and err.message == text, tostring(err))
end
refused(mp.ValueError, "another metatable is registered as 'Point'", mp.register, "Point", {})
refused(mp.ValueError, "the metatable is registered as 'Point' already", mp.register, "Other", Point)
refused(mp.ValueError, "the name must have 1 to 65535 bytes, none of them zero", mp.register, "", {})
refused(mp.TypeError, "bad argument #1 to 'register' (got the module; call it as mp.register(), with a dot)",
  function() mp:register("P", {}) end)
refused(mp.TypeError, "bad argument #1 to 'register' (name expected, got table; write mp.register(\"Point\", Point))",
  function() mp.register(Point) end)
refused(mp.TypeError, "bad argument #2 to 'register' (metatable expected, got no value)",
  function() mp.register("P") end)

-- A child has what its parent had registered; what it has not comes by value, until it has its own.
local Late = {}
local down, up = mp.Queue(), mp.Queue()
local child = mp.Process{target = function()
  local got = down:get()
  up:put{getmetatable(got) == Point, got}
  local late = down:get()[1]
  up:put{getmetatable(late).__index(late, "kind"), late}
  local mine = mp.register("Late", {})
  up:put(getmetatable(down:get()) == mine)
end}
child:start()
function Late.__index(_, key) return "a late " .. key end
mp.register("Late", Late)
down:put(setmetatable({5}, Point))
local answer = up:get()
assert(answer[1] and getmetatable(answer[2]) == Point and answer[2][1] == 5)
down:put{setmetatable({}, Late)}
answer = up:get()
assert(answer[1] == "a late kind" and getmetatable(answer[2]) == Late)
down:put(setmetatable({}, Late))
assert(up:get() == true)
child:join()
print "ok"
