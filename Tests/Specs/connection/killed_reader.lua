-- A reader killed in the middle of a message: the writer and the other readers go on.
local mp = require "multiprocessing"
local r, w = mp.Pipe(false)
local ready, go = mp.Queue(), mp.Queue()
for round = 1, 5 do
  local dying = mp.Process{target = function()
    ready:put(true)
    while true do r:recv() end
  end}
  local writer = mp.Process{target = function()
    for i = 1, 10 do w:send{round, i, ("w"):rep(3 << 20)} end
    -- Not before the reader is dead: it would take it.
    go:get()
    w:send{round, "last"}
  end}
  dying:start()
  ready:get()
  writer:start()
  w:send "first"
  dying:kill()
  dying:join()
  go:put(true)
  local last = 0
  while true do
    local m = r:recv()
    if type(m) == "table" then
      assert(m[1] == round)
      if m[2] == "last" then break end
      assert(m[2] > last and #m[3] == 3 << 20)
      last = m[2]
    end
  end
  writer:join()
  while r:poll() do assert(r:recv() == "first") end
end
-- The only reader killed: a blocked writer hears of it.
local blocked = mp.Process{target = function()
  r:close()
  local ok, err = pcall(w.send, w, ("x"):rep(50 << 20))
  assert(not ok and err:is(mp.BrokenPipeError), tostring(err))
end}
local reader = mp.Process{target = function()
  w:close()
  ready:put(true)
  while true do mp.sleep(1000) end
end}
reader:start()
ready:get()
blocked:start()
assert(r:poll(nil))
r:close()
w:close()
reader:kill()
reader:join()
blocked:join()
assert(blocked.exitcode == 0)
print "ok"
