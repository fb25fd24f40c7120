-- `p:interrupt()` raises KeyboardInterrupt in the child, which may catch it and go on.
local mp = require "multiprocessing"

local r, w = mp.Pipe(false)
local function waits(wait)
  return function()
    -- Protected before the parent can know of it: the interruption comes inside.
    local ok, err = pcall(function()
      w:send("ready")
      wait()
    end)
    assert(not ok and err:is(mp.KeyboardInterrupt), tostring(err))
    w:send("caught")
    os.exit(4)
  end
end

local q, lock = mp.Queue(), mp.Lock()
lock:acquire()
for _, wait in ipairs{
  function() mp.sleep(60) end,
  function() while true do end end,
  function() coroutine.wrap(function() while true do end end)() end,
  function() coroutine.wrap(function() mp.sleep(60) end)() end,
  function() q:get(true, 60) end,
  function() lock:acquire(true, 60) end,
} do
  local p = mp.Process{target = waits(wait)}
  p:start()
  assert(r:recv() == "ready")
  p:interrupt()
  assert(r:recv() == "caught")
  p:join()
  assert(p.exitcode == 4)
end
print("ok")
