-- A process may be started from a coroutine and from a finalizer.
local mp = require "multiprocessing"

local q = mp.Queue()
local function run(tag)
  local p = mp.Process{target = function()
    q:put(tag)
    q:put(coroutine.wrap(function() coroutine.yield(tag .. " inside") end)())
  end}
  p:start()
  p:join()
  assert(p.exitcode == 0)
end
coroutine.wrap(function() run("coroutine") coroutine.yield() end)()
setmetatable({}, {__gc = function() run("finalizer") end})
collectgarbage()
for _, tag in ipairs{"coroutine", "finalizer"} do
  assert(q:get() == tag and q:get() == tag .. " inside")
end
print("ok")
