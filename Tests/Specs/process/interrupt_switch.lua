-- An interruption that comes just as one coroutine hands over to another is heard too.
local mp = require "multiprocessing"
local r, w = mp.Pipe(false)
local function switch()
  local step = coroutine.wrap(function() while true do coroutine.yield() end end)
  w:send "ready"
  while true do
    step()
    coroutine.close(coroutine.create(print))
    -- It may come inside: then this is where it is heard.
    local _, err = coroutine.resume(coroutine.create(error))
    if err then error(err) end
  end
end
for _ = 1, 200 do
  local p = mp.Process{target = function()
    local ok, err = pcall(switch)
    assert(not ok and type(err) == "table" and err:is(mp.KeyboardInterrupt), tostring(err))
  end}
  p:start()
  assert(r:recv() == "ready")
  p:interrupt()
  p:join()
  assert(p.exitcode == 0, p.exitcode)
end
print "ok"
