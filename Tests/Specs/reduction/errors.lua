-- Error objects travel with class, message, place, traceback and fields; so do classes of the script's own.
local mp = require "multiprocessing"
local q = mp.Queue()
local function through(v)
  q:put(v)
  return q:get()
end
local function raised(f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok)
  return err
end
for _, class in ipairs{mp.ValueError, mp.TypeError, mp.Empty, mp.OSError, mp.BrokenPipeError, mp.KeyboardInterrupt,
  mp.DeadlockError, mp.SerializationError} do
  local err = raised(function() error(class "some text") end)
  local far = through(err)
  assert(far ~= err and far:is(class) and getmetatable(far) == class and far.message == "some text")
  assert(far.where == err.where and far.traceback == err.traceback and tostring(far) == tostring(err))
end
assert(through(mp.BrokenPipeError "x"):is(mp.OSError) and not through(mp.OSError "x"):is(mp.BrokenPipeError))
local err = mp.ValueError{code = 7}
err.extra = {1, {2}}
err.self = err
local far = through{err}[1]
assert(far.value.code == 7 and far.extra[2][1] == 2 and far.self == far)
err = raised(mp.shared_memory.SharedMemory, "no-such-block")
assert(through(err).errno == err.errno and through(err):is(mp.FileNotFoundError))

-- A class that extends one of ours, and one that extends that; methods and fields of its own.
local MyError = mp.ValueError:extend "MyError"
MyError.code = 5
function MyError:describe() return "my " .. self.message .. " " .. self.code end
function MyError.make() return MyError end
local Inner = MyError:extend "Inner"
Inner.__tostring = function(self) return "inner: " .. self.message end
far = through(MyError "text")
assert(far:is(mp.ValueError) and not far:is(mp.OSError) and far:describe() == "my text 5")
assert(tostring(far) == "MyError: text" and far .. "!" == "MyError: text!")
local class = getmetatable(far)
assert(class.name == "MyError" and tostring(class) == "MyError" and class.make() == class)
local made = class "again"
assert(made:is(class) and made:is(mp.ValueError) and tostring(made) == "MyError: again")
far = through{Inner "deep", MyError, Inner}
assert(far[1]:is(far[2]) and far[1]:is(far[3]) and getmetatable(far[1]) == far[3] and tostring(far[1]) == "inner: deep")
-- A copy is the same class.
assert(far[1]:is(Inner) and far[1]:is(MyError) and MyError "x":is(far[2]) and not far[1]:is(MyError:extend "Inner"))
assert(far[3]:extend "More" "x":is(far[2]) and far[1]:describe() == "my deep 5")

-- Under a registered name it is the receiver's own class.
mp.register("MyError", MyError)
far = through(Inner "x")
assert(far:is(MyError) and getmetatable(through(MyError "y")) == MyError and far:is(Inner))

-- From a child, raised again here.
local p = mp.Process{target = function()
  local function fails() error(MyError "in the child") end
  local _, caught = pcall(fails)
  q:put(caught)
end}
p:start()
far = q:get()
p:join()
assert(far:is(MyError) and far.where:find "errors.lua:%d+$" and far.traceback:find "in function")
local again = raised(error, far)
assert(rawequal(again, far))

-- Classes of processes: what starts them may be sent.
local Worker = mp.Process:extend "Worker"
function Worker:init(n)
  mp.Process.init(self, {daemon = false})
  self.n = n
end
function Worker:run() q:put(self.n * 2) end
local start = through(function(n)
  local w = Worker(n)
  w:start()
  return w
end)
local w = start(21)
assert(q:get() == 42 and w.name:find "^Worker%-%d+$")
w:join()
print "ok"
