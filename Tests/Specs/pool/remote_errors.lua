-- What a worker raises keeps its class, fields and value, and says where it arose.
local mp = require "multiprocessing"
local function remote(pool, f, ...)
  local ok, err = pcall(pool.apply, pool, f, {...})
  assert(not ok and err.pid ~= mp.getpid() and err.process:find "Worker%-" and err.task > 0, tostring(err))
  return err
end
local pool <close> = mp.Pool(1)

-- One of ours, and one of a class of the script's own.
local err = remote(pool, function(a, b)
  local e = mp.ValueError("bad " .. a)
  e.extra = {b}
  error(e)
end, "x", 2)
assert(err:is(mp.ValueError) and getmetatable(err) == mp.ValueError and err.message == "bad x")
assert(err.extra[1] == 2 and err.where:find "remote_errors.lua:12$" and err.traceback:find "in function")
assert(err.call:find('("x", 2)', 1, true) and err.arguments == '"x", 2', err.call)
local Mine = mp.ValueError:extend "Mine"
function Mine.code() return 5 end
err = remote(pool, function() error(Mine "own") end)
assert(err:is(mp.ValueError) and tostring(err) == "Mine: own" and err.code() == 5)
mp.register("Mine", Mine)
do
  local second <close> = mp.Pool(1)
  err = remote(second, function() error(Mine "own") end)
  assert(getmetatable(err) == Mine and err:is(Mine))
end

-- Any other value is the value of a RemoteError.
err = remote(pool, function() error{code = 7} end)
assert(err:is(mp.RemoteError) and err.value.code == 7 and tostring(err) == "RemoteError: {code = 7}", tostring(err))
err = remote(pool, function() error "plain" end)
assert(err:is(mp.RemoteError) and err.value == err.message and err.message:find "remote_errors.lua:33: plain$")
for _, v in ipairs{5, true, 1.5} do
  err = remote(pool, error, v)
  assert(err.value == v and err.message == tostring(v))
end
err = remote(pool, function() error() end)
assert(err:is(mp.RemoteError) and err.value == nil and err.message == "nil")
err = remote(pool, function() error(setmetatable({}, {__tostring = function() return "own text" end})) end)
assert(err.message == "own text" and tostring(err.value) == "own text")
-- One whose __tostring fails keeps all else that it has, and says how.
err = remote(pool, function()
  local class = {__name = "Broken", __tostring = function(e) error("no text for " .. e.code) end}
  error(setmetatable({code = 9}, class))
end)
assert(err.message:find("^%(error object is a Broken value {code = 9}; its __tostring failed: "
  .. "pool/remote_errors.lua:%d+: no text for 9%)$"), err.message)
assert(err.value.code == 9 and getmetatable(err.value).__name == "Broken")
assert(err.traceback:find "in function 'error'" and not err.traceback:find "__tostring")
err = remote(pool, function() error(setmetatable({}, {__tostring = function() error() end})) end)
assert(err.message == "(error object is a table value; its __tostring failed: a nil value was raised)", err.message)
err = remote(pool, function()
  error(setmetatable({file = coroutine.create(print)}, {__tostring = function() error(mp.ValueError "v") end}))
end)
assert(type(err.value) == "string" and err.value == err.message)
assert(err.message:find("failed: pool/remote_errors.lua:%d+: ValueError: v%)$"), err.message)
-- One of ours keeps its class.
local ok
ok, err = pcall(pool.apply, pool, function()
  local Silent = mp.ValueError:extend "Silent"
  Silent.__tostring = function() error "no text" end
  local e = Silent "text"
  e.code = 3
  error(e)
end)
assert(not ok and err:is(mp.ValueError) and err.code == 3 and err.message == "text")
assert(err.traceback:find "remote_errors")

-- What cannot be sent goes as text.
err = remote(pool, function() error{file = io.tmpfile(), n = 1} end)
assert(err:is(mp.RemoteError) and type(err.value) == "string" and err.message:find "n = 1", tostring(err))
err = remote(pool, function()
  local e = mp.ValueError "v"
  e.log = coroutine.create(print)
  error(e)
end)
assert(getmetatable(err) == mp.ValueError and err.message == "v")
err = remote(pool, function()
  local Bad = mp.ValueError:extend "Bad"
  Bad.log = io.tmpfile()
  error(Bad "text")
end)
assert(getmetatable(err) == mp.ValueError and err.message == "text")
err = remote(pool, function() error(setmetatable({}, {__reduce = function() error "cannot reduce" end})) end)
assert(err:is(mp.RemoteError) and type(err.value) == "string")

-- Nobody catches it: the report says where it arose and where it was raised again.
local name = os.tmpname()
local file = assert(io.open(name, "w"))
file:write [[
local mp = require "multiprocessing"
local function fail(x)
  error(mp.ValueError("bad " .. x))
end
local pool <close> = mp.Pool(1)
local result = pool:apply_async(fail, {"x"})
result:get()
]]
file:close()
local run <close> = assert(io.popen(("'%s' %s 2>&1"):format(arg[-1], name)))
local report = run:read "a"
os.remove(name)
local script = name:gsub("%p", "%%%0")
assert(report:find(script .. ":3: ValueError: bad x\nin %a+PoolWorker%-1 %(pid %d+%), task 1: "), report)
assert(report:find("\n\t" .. script .. ":3: in function <" .. script .. ":2>\n"), report)
assert(report:find("\nraised again here\nstack traceback:\n\t%[C%]: in method 'get'\n\t" .. script
  .. ":7: in main chunk\n\t%[C%]: in %?\n$"), report)

-- The pool goes on.
assert(pool:apply(function(x) return x * 2 end, {21}) == 42)
print "ok"
