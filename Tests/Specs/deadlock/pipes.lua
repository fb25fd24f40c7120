-- What a pipe holds only its ends can see: who waits there is still told when nobody is left.
local mp = require "multiprocessing"

-- Waits until the process sleeps.
local function asleep(pid)
  local file = string.format("/proc/%d/stat", pid)
  for line in function() return io.lines(file)() end do
    if line:match "^%d+ %(.*%) (%u)" == "S" then return end
    mp.sleep(0.001)
  end
end

-- Several readers of one end: each was woken for messages that another one took.
do
  local q, a, b = mp.Queue(), mp.Pipe()
  local readers = {}
  for i = 1, 4 do
    readers[i] = mp.Process{target = function()
      while true do q:put(b:recv()) end
    end}
    readers[i]:start()
  end
  for i = 1, 400 do
    a:send(i)
    assert(q:get())
    if i % 50 == 0 then for _, reader in ipairs(readers) do asleep(reader.pid) end end
  end
  local started = mp.time()
  local ok, err = pcall(q.get, q)
  assert(not ok and err:is(mp.DeadlockError), tostring(err))
  assert(mp.time() - started < 5)
  for _, reader in ipairs(readers) do
    reader:kill()
    reader:join()
  end
end

-- A writer of a full pipe of which one message was taken: there is room for one more, though the
-- system calls it writable only when most is gone.
do
  local text = ("x"):rep(10000)
  local a, b = mp.Pipe()
  local count = 0
  pcall(function()
    while true do
      a:send(text)
      count = count + 1
    end
  end)
  for _ = 1, count do b:recv() end
  local q = mp.Queue()
  local p = mp.Process{target = function()
    for _ = 1, count do a:send(text) end
    q:put "full"
    a:send(text)
    q:put "done"
  end}
  p:start()
  assert(q:get() == "full")
  asleep(p.pid)
  b:recv()
  assert(q:get() == "done")
  for _ = 1, count do b:recv() end
  p:join()
  assert(p.exitcode == 0)
end

-- A writer that was stopped while it waited for another one, and that one was killed: the pipe is
-- the stopped one's, who will know when it goes on.
do
  local a, b = mp.Pipe()
  local q, ready = mp.Queue(), mp.Queue()
  local first = mp.Process{target = function()
    ready:put(1)
    a:send(("x"):rep(5000000))
  end}
  first:start()
  ready:get()
  asleep(first.pid)
  local second = mp.Process{target = function()
    ready:put(1)
    a:send "hello"
    q:put "done"
  end}
  second:start()
  ready:get()
  asleep(second.pid)
  os.execute("kill -STOP " .. second.pid)
  first:kill()
  first:join()
  -- Makes room: takes the part of a message that came, and waits for more.
  local drain = mp.Process{target = function() ready:put(1) b:recv() end}
  drain:start()
  ready:get()
  asleep(drain.pid)
  drain:kill()
  drain:join()
  os.execute("(sleep 1; kill -CONT " .. second.pid .. ") &")
  assert(q:get() == "done")
  assert(b:recv() == "hello")
  second:join()
end
print "ok"
