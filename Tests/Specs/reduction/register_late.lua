-- A metatable registered when there are other processes already reaches them too.
local mp = require "multiprocessing"

local pool <close> = mp.Pool(2)
local requests, answers = mp.Queue(), mp.Queue()
local child = mp.Process{target = function()
  for f in requests:iter() do answers:put(f()) end
end}
child:start()
local function ask(f)
  requests:put(f)
  return answers:get()
end

local Point = {}
Point.__index = Point
function Point:norm() return self.x * self.x + self.y * self.y end
function Point.new(x, y) return setmetatable({x = x, y = y}, Point) end
mp.register("Point", Point)
local p = Point.new(3, 4)

-- It comes as it did before it had a name, and what comes back is the sender's own again.
for _ = 1, 3 do
  local got = pool:map(function(q) return {q, getmetatable(q) == Point, q:norm()} end, {p, p, p})
  for i = 1, 3 do
    assert(getmetatable(got[i][1]) == Point and got[i][2] and got[i][3] == 25)
  end
  local back = ask(function() return {Point, Point.new(p.x, 1), Point.new == getmetatable(p).new} end)
  assert(back[1] == Point and getmetatable(back[2]) == Point and back[2]:norm() == 10 and back[3])
end

-- Several refer to each other, as metatables and as fields.
local Base = setmetatable({kind = "base"}, {__call = function(class, v)
  return setmetatable({v = v}, class)
end})
Base.__index = Base
local Sub = setmetatable({}, getmetatable(Base))
Sub.__index, Sub.base = function(_, key) return Base[key] end, Base
Base.sub = Sub
mp.register("Base", Base)
mp.register("Sub", Sub)
local objects = {Sub(1), Base(2), Sub(3), Base, Sub}
local back = ask(function()
  local o = objects
  return {o, getmetatable(o[1]) == o[5] and getmetatable(o[2]) == o[4] and o[5].base == o[4]
    and o[4].sub == o[5] and o[1].kind == "base" and o[4](7).v == 7}
end)
assert(back[2])
for i, o in ipairs(back[1]) do assert(i > 3 and o == objects[i] or getmetatable(o) == getmetatable(objects[i])) end
assert(back[1][4] == Base and back[1][5] == Sub)

-- Classes of errors and processes.
local MyError = mp.ValueError:extend("MyError")
mp.register("MyError", MyError)
local err = ask(function()
  local e = MyError("bad")
  return {e, e:is(MyError), e:is(mp.ValueError)}
end)
assert(err[1]:is(MyError) and err[1].message == "bad" and err[2] and err[3])

-- A name that the receiver has given to a metatable of its own is that one.
assert(ask(function()
  rawset(_G, "Own", mp.register("Own", {__index = {from = "child"}}))
  return true
end))
local Own = mp.register("Own", {__index = {from = "root"}})
local own = setmetatable({}, Own)
local got = ask(function()
  return {own.from, getmetatable(own) == rawget(_G, "Own"), own}
end)
assert(got[1] == "child" and got[2] and getmetatable(got[3]) == Own)

-- What a child names first reaches its parent, which may give the name to another afterwards.
local made = ask(function()
  rawset(_G, "Here", mp.register("Made", {__index = {from = "child"}}))
  return setmetatable({5}, rawget(_G, "Here"))
end)
assert(made.from == "child" and made[1] == 5)
assert(getmetatable(made) == getmetatable(ask(function() return made end)))
local Made = mp.register("Made", {})
assert(getmetatable(ask(function() return setmetatable({}, rawget(_G, "Here")) end)) == Made)

-- One that cannot be sent goes by its name alone.
assert(ask(function()
  mp.register("Stuck", {__index = {from = "child"}})
  return true
end))
local Stuck = mp.register("Stuck", {thread = coroutine.create(print), inner = {{}, "x"}})
local stuck = setmetatable({Stuck, "behind"}, Stuck)
local answer = ask(function()
  return {getmetatable(stuck).__index.from, stuck[1] == getmetatable(stuck), stuck[2], stuck}
end)
assert(answer[1] == "child" and answer[2] and answer[3] == "behind")
assert(getmetatable(answer[4]) == Stuck and answer[4][1] == Stuck)
local Lone = mp.register("Lone", {thread = coroutine.create(print)})
local handle = pool:apply_async(function(v) return v end, {setmetatable({}, Lone)})
local ok, problem = pcall(handle.get, handle)
assert(not ok and tostring(problem):find("no metatable is registered as 'Lone' here", 1, true), problem)

-- A process made later knows it all by name, and can say it to those that do not.
local Later = mp.register("Later", {__index = {from = "later"}})
local second = mp.Process{target = function()
  requests:put(function() return {setmetatable({}, Later), setmetatable({}, Later).from} end)
end}
second:start()
second:join()
local later = answers:get()
assert(getmetatable(later[1]) == Later and later[2] == "later")

requests:put(nil)
child:join()
assert(child.exitcode == 0)
print "ok"
