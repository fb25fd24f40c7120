-- A Ctrl-C while a result is made is the program's: the result is there for who asks again.
local mp = require "multiprocessing"
local main, asked, is_quiet = mp.getpid(), mp.Queue(), mp.Value("b", 0)
local helper = mp.Process{daemon = true, target = function()
  for _ in asked:iter() do os.execute("kill -INT " .. main) end
end}
helper:start()

-- Called in the owner: the first time the signal comes.
local function make(value)
  if is_quiet.value == 1 then return value end
  is_quiet.value = 1
  asked:put(true)
  mp.sleep(60)
end
local function thing(value)
  return setmetatable({}, {__reduce = function() return make, {value} end})
end
local function interrupted(f, ...)
  is_quiet.value = 0
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(mp.KeyboardInterrupt), err)
  -- A second one within a second would kill.
  mp.sleep(1.1)
end

local pool <close> = mp.Pool(1)
local result = pool:apply_async(thing, {"one"})
interrupted(result.get, result)
assert(result:get() == "one")
result = pool:map_async(function(x) return x == 2 and thing(x) or x end, {1, 2, 3}, 1)
interrupted(result.get, result)
local list = result:get()
assert(#list == 3 and list[1] == 1 and list[2] == 2 and list[3] == 3)
local iterator = pool:imap(thing, {"a", "b"})
interrupted(iterator)
assert(iterator() == "a" and iterator() == "b" and iterator() == nil)
local got
pool:apply_async(thing, {"called"}, {callback = function(value) got = value end})
interrupted(mp.sleep, 60)
mp.sleep(0)
assert(got == "called")

local executor <close> = mp.ProcessPoolExecutor(1)
local future = executor:submit(thing, "future")
interrupted(future.result, future)
assert(not future:done() or future:result() == "future")
assert(future:result() == "future")

-- One that comes after the last Lua code of a result, and before the future is told.
local function ask()
  asked:put(true)
  return true
end
future = executor:submit(function()
  local large = {}
  for i = 1, 300000 do large[i] = {i} end
  return {setmetatable({}, {__reduce = function() return ask, {} end}), large}
end)
local ok, err = pcall(future.result, future)
-- It comes late on a slow machine.
if ok then ok, err = pcall(mp.sleep, 60) end
assert(not ok and err:is(mp.KeyboardInterrupt), err)
assert(#future:result()[2] == 300000)
print "ok"
