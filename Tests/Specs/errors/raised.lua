-- Errors on their way: pcall, xpcall, coroutines, close, and where they arose.
local mp = require "multiprocessing"
local q = mp.Queue()

local ok, err = pcall(function() error(mp.ValueError("x")) end)
assert(not ok and err:is(mp.ValueError) and err.traceback:find("stack traceback", 1, true))
assert(err.where == "errors/raised.lua:5")
ok, err = pcall(function() q:put(print, {wrong = 1}) end)
assert(not ok and err:is(mp.TypeError) and err.where == "errors/raised.lua:8")
assert(err.traceback:find("in function <errors/raised.lua:8>", 1, true), err.traceback)
-- Expected errors are cheap: they have no traceback when caught.
ok, err = pcall(q.get_nowait, q)
assert(not ok and err.traceback == nil)
ok, err = pcall(function() error(mp.Empty:extend("Mine")()) end)
assert(not ok and err.traceback == nil)
ok, err = xpcall(q.get_nowait, function(e)
  assert(e:is(mp.Empty))
  return {wrapped = e}
end, q)
assert(not ok and err.wrapped:is(mp.Empty))
ok, err = xpcall(q.get_nowait, function(e) return e .. " handled" end, q)
assert(err == "Empty: the queue is empty handled")
local co = coroutine.create(function() q:get_nowait() end)
ok, err = coroutine.resume(co)
assert(not ok and err:is(mp.Empty) and coroutine.status(co) == "dead")
ok, err = pcall(coroutine.wrap(function()
  coroutine.yield(pcall(q.get_nowait, q))
  q:get_nowait()
end))
assert(ok and err == false)
local closed
ok, err = pcall(function()
  local guard <close> = setmetatable({}, {__close = function(_, e) closed = e end})
  q:get_nowait()
end)
assert(not ok and err == closed and err:is(mp.Empty))
-- Rethrown: it is the same object.
local ok2, again = pcall(error, err)
assert(not ok2 and rawequal(again, err))
-- An error with a finalizer, many errors, and out of stack.
for _ = 1, 1000 do
  local collected = setmetatable(mp.ValueError("x"), getmetatable(mp.ValueError("x")))
  pcall(error, collected)
end
local class = mp.ValueError:extend("Collected")
local count = 0
class.__gc = function() count = count + 1 end
for _ = 1, 10 do pcall(error, setmetatable({message = "m"}, class)) end
collectgarbage()
assert(count == 10)
local function deep() return 1 + deep() end
ok, err = pcall(deep)
assert(not ok and tostring(err):find "stack overflow")
local function deeper()
  q:try_get()
  return 1 + deeper()
end
ok, err = pcall(deeper)
assert(not ok and tostring(err):find "stack overflow")
assert(q:empty())
print "ok"
