-- __reduce: the object is made anew by a function, called with arguments at the other end.
local mp = require "multiprocessing"
local q = mp.Queue()
local function through(v)
  q:put(v)
  return q:get()
end
local calls = 0
local File = {}
File.__index = File
local function open(name, mode)
  return setmetatable({handle = io.tmpfile(), name = name, mode = mode}, File)
end
File.__reduce = function(self)
  calls = calls + 1
  return open, {self.name, self.mode}
end
local f = through(open("x", "w"))
assert(f.name == "x" and f.mode == "w" and io.type(f.handle) == "file" and calls == 1)

-- Once for an object, in whatever places it is; the result is one value.
calls = 0
local file = open("y")
local t = through{file, {file}, key = file, [file] = "key"}
assert(calls == 1 and t[1] == t[2][1] and t[1] == t.key and t[t[1]] == "key" and t[1].name == "y")

-- Arguments in a list, one by one, none, nil among them; a single keyed table.
local function reduced(...)
  local results = table.pack(...)
  return through(setmetatable({}, {__reduce = function() return table.unpack(results, 1, results.n) end}))
end
local function pack(...) return table.pack(...) end
local function same(v, ...)
  local w = table.pack(...)
  assert(v.n == w.n, mp.repr(v))
  for i = 1, w.n do assert(v[i] == w[i]) end
end
same(reduced(pack, {1, 2}), 1, 2)
same(reduced(pack, 1, 2), 1, 2)
same(reduced(pack))
same(reduced(pack, {}))
same(reduced(pack, nil), nil)
same(reduced(pack, {nil, 2, nil, n = 3}), nil, 2, nil)
same(reduced(pack, "one"), "one")
assert(reduced(pack, {x = 1})[1].x == 1 and reduced(pack, {{1}})[1][1] == 1)
assert(reduced(string.rep, "ab", 3) == "ababab" and reduced(function() end) == nil)
assert(reduced(mp.ValueError, "bad").message == "bad")

-- Objects among the arguments of others, in several rounds; objects that lead to themselves.
local Node = {}
Node.__reduce = function(self) return function(v, next_) return setmetatable({v, next_}, Node) end, self[1], self[2] end
local chain
for i = 1, 20 do chain = setmetatable({i, chain}, Node) end
local far = through{chain, chain}
assert(far[1] == far[2])
local n, node = 0, far[1]
while node do n, node = n + 1, node[2] end
assert(n == 20)
local me = setmetatable({}, {__reduce = function(self) return pack, {self} end})
local ok, err = pcall(q.put, q, {me})
assert(not ok and err:is(mp.SerializationError) and err.message ==
  "an object is among what its own __reduce gives, so it cannot be made anew", tostring(err))
local endless = {}
endless.__reduce = function() return pack, {setmetatable({}, endless)} end
ok, err = pcall(q.put, q, setmetatable({}, endless))
assert(not ok and err.message == "what __reduce gives holds objects with __reduce without end")

-- What is not right is an error in put, and nothing is sent.
local Bad = {__name = "Bad", __reduce = function() return 5 end}
ok, err = pcall(q.put, q, setmetatable({}, Bad))
assert(not ok and err:is(mp.SerializationError) and
  err.message == "__reduce of Bad must return a function and its arguments, got number", tostring(err))
Bad.__reduce = function() end
ok, err = pcall(q.put, q, {setmetatable({}, Bad)})
assert(not ok and err.message == "__reduce of Bad must return a function and its arguments, got no value")
Bad.__reduce = function() error "no way" end
ok, err = pcall(q.put, q, {setmetatable({}, Bad)})
assert(not ok and err:find "no way$", err)
Bad.__reduce = function() return pack, {io.tmpfile()} end
ok, err = pcall(q.put, q, {o = setmetatable({}, Bad)})
assert(not ok and err.message == "cannot send o.<__reduce>[1] (userdata FILE*)", err.message)
assert(q:empty())

-- What the function raises is raised in get; the queue goes on.
q:put(setmetatable({}, {__reduce = function() return error, "made badly" end}))
q:put(1)
ok, err = pcall(q.get, q)
assert(not ok and err == "made badly" and q:get() == 1)
-- A key must be something.
q:put{[setmetatable({}, {__reduce = function() return pack and function() end end})] = 1}
ok, err = pcall(q.get, q)
assert(not ok and err:is(mp.SerializationError) and err.message:find "key that is nil", tostring(err))

-- It may do anything meanwhile: change the value, send, collect.
local value = {}
local long = ("x"):rep(20000)
for i = 1, 10 do value[i] = {i, long .. i} end
value[5] = setmetatable({}, {__reduce = function()
  for i = 1, 10 do if i ~= 5 then value[i], value["k" .. i] = nil, {i} end end
  q:put("inner")
  collectgarbage()
  return pack, "five"
end})
q:put(value)
assert(q:get() == "inner")
local got = q:get()
assert(got[5][1] == "five" and got[1] == nil and got.k1[1] == 1 and got.k10[1] == 10)
print "ok"
