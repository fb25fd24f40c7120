-- A reader that is interrupted, or whose time is over, in the middle of a message loses nothing.
local mp = require "multiprocessing"

local function state_of(pid)
  local file <close> = assert(io.open("/proc/" .. pid .. "/stat"))
  return file:read("a"):match("%) (%a)")
end

-- Starts a writer of 4 MiB and stops it in the middle.
local text = ("0123456789abcdef"):rep(4 << 16)
local function stopped_writer(w)
  local p = mp.Process{target = function()
    local ok, err = pcall(w.send_bytes, w, text)
    if ok then w:send "next" else assert(err:is(mp.BrokenPipeError)) end
  end}
  p:start()
  return p, function()
    os.execute("kill -STOP " .. p.pid)
    repeat until state_of(p.pid) == "T"
  end, function() os.execute("kill -CONT " .. p.pid) end
end

-- Time-outs.
do
  local r, w = mp.Pipe(false)
  local p, stop, go_on = stopped_writer(w)
  assert(r:poll(nil))
  stop()
  local before = mp.time()
  assert(r:try_recv() == false and r:try_recv() == false and r:try_recv(0.05) == false)
  assert(not r:poll() and not r:poll(0.05))
  assert(mp.time() - before < 30)
  go_on()
  assert(r:poll(nil) and mp.wait{r}[1] == r)
  assert(r:recv_bytes() == text and r:recv() == "next")
  p:join()
end

-- KeyboardInterrupt, while the writer is stopped: it comes at once, and again.
do
  local r, w = mp.Pipe(false)
  local told = mp.Queue()
  local p, stop, go_on = stopped_writer(w)
  assert(r:poll(nil))
  stop()
  local reader = mp.Process{target = function()
    for _ = 1, 3 do
      local ok, err = pcall(function()
        told:put "ready"
        r:recv_bytes()
      end)
      assert(not ok and err:is(mp.KeyboardInterrupt), tostring(err))
      told:put "caught"
      mp.sleep(1.1)
    end
    told:put "goes on"
    assert(r:recv_bytes() == text and r:recv() == "next")
  end}
  reader:start()
  for _ = 1, 3 do
    assert(told:get() == "ready")
    reader:interrupt()
    assert(told:get() == "caught")
  end
  assert(told:get() == "goes on")
  -- Another reader of the end gets nothing of that message, and its own wait ends in time.
  assert(r:try_recv() == false and not r:poll() and r:try_recv(0.05) == false)
  go_on()
  reader:join()
  assert(reader.exitcode == 0)
  p:join()
end

-- Who has a part of a message and closes the end, or dies, leaves the next one to the others.
for _, leave in ipairs{function(r) r:close() end, function() os.exit(0) end} do
  local r, w = mp.Pipe(false)
  local told = mp.Queue()
  local p, stop, go_on = stopped_writer(w)
  assert(r:poll(nil))
  stop()
  local reader = mp.Process{target = function()
    assert(r:try_recv() == false)
    told:put "has a part"
    leave(r)
    mp.sleep(1000)
  end, daemon = true}
  reader:start()
  assert(told:get() == "has a part")
  go_on()
  assert(r:recv() == "next")
  p:join()
end

-- A writer that is killed meanwhile.
do
  local r, w = mp.Pipe(false)
  local p, stop = stopped_writer(w)
  assert(r:poll(nil))
  stop()
  assert(r:try_recv() == false)
  p:kill()
  p:join()
  assert(r:try_recv() == false)
  w:send "later"
  assert(r:recv() == "later")
end

-- The limit of a later call counts for the whole message.
do
  local r, w = mp.Pipe(false)
  local p, stop, go_on = stopped_writer(w)
  assert(r:poll(nil))
  stop()
  assert(r:try_recv() == false)
  local ok, err = pcall(r.recv_bytes, r, {maxlength = 10})
  assert(not ok and err:is(mp.OSError) and r.closed, tostring(err))
  w:close()
  go_on()
  p:join()
end
print "ok"
