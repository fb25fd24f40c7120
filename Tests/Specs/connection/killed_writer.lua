-- A writer killed in the middle of 50 MiB: the reader goes on with the next message.
local mp = require "multiprocessing"
local r, w = mp.Pipe(false)
local begun = mp.Queue()
for round = 1, 3 do
  local dying = mp.Process{target = function()
    local text = ("d"):rep(50 << 20)
    begun:put(true)
    w:send_bytes(text)
  end}
  dying:start()
  begun:get()
  -- Its first part has come; the rest does not fit into the pipe.
  assert(r:poll(nil))
  dying:kill()
  dying:join()
  local next_one = mp.Process{target = function()
    w:send{"whole", round}
    w:send(("n"):rep(1 << 20))
  end}
  next_one:start()
  local m = r:recv()
  assert(type(m) == "table" and m[1] == "whole" and m[2] == round)
  assert(#r:recv() == 1 << 20)
  next_one:join()
end
local dying = mp.Process{target = function() w:send_bytes(("d"):rep(50 << 20)) end}
dying:start()
assert(r:poll(nil))
dying:kill()
dying:join()
w:close()
local ok, err = pcall(r.recv, r)
assert(not ok and err:is(mp.EOFError), tostring(err))
print "ok"
