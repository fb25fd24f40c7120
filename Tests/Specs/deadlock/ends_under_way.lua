-- An end of a pipe in a message may still be taken and used: no alarm. Once a process has it, it is
-- that process who could end the wait.
local mp = require "multiprocessing"

-- Taken by somebody who takes its time.
do
  local q = mp.Queue()
  local late = mp.Process{target = function()
    mp.sleep(0.8)
    local conn = q:get()
    mp.sleep(0.5)
    conn:send "late"
  end}
  late:start()
  local a, b = mp.Pipe()
  q:put(b)
  b:close()
  assert(a:recv() == "late")
  local ok, err = pcall(a.recv, a)
  assert(not ok and err:is(mp.EOFError), tostring(err))
  late:join()
end

-- A writer of a full pipe whose reader is on its way through two others.
do
  local first, second = mp.Queue(), mp.Queue()
  local relay = mp.Process{target = function()
    local conn = first:get()
    mp.sleep(0.4)
    second:put(conn)
  end}
  local reader = mp.Process{target = function()
    local conn = second:get()
    mp.sleep(0.4)
    assert(#conn:recv() == 5000000)
  end}
  relay:start()
  reader:start()
  local a, b = mp.Pipe()
  first:put(b)
  b:close()
  a:send(("x"):rep(5000000))
  reader:join()
  relay:join()
  assert(reader.exitcode == 0 and relay.exitcode == 0)
end

-- The process that has the end now waits for this one.
do
  local q, back = mp.Queue(), mp.Queue()
  local other = mp.Process{target = function()
    local conn = q:get()
    back:get()
    conn:send "never"
  end, daemon = true}
  other:start()
  local a, b = mp.Pipe()
  q:put(b)
  b:close()
  local started = mp.time()
  local ok, err = pcall(a.recv, a)
  assert(not ok and err:is(mp.DeadlockError), tostring(err))
  assert(mp.time() - started < 5)
  back:put(1)
  assert(a:recv() == "never")
  other:join()
end

-- `mp.wait` too.
do
  local q, back = mp.Queue(), mp.Queue()
  local other = mp.Process{target = function()
    local conn = q:get()
    mp.sleep(0.5)
    conn:send "ready"
    back:get()
  end, daemon = true}
  other:start()
  local a, b = mp.Pipe()
  q:put(b)
  b:close()
  assert(mp.wait{a, back}[1] == a and a:recv() == "ready")
  local ok, err = pcall(mp.wait, {a})
  assert(not ok and err:is(mp.DeadlockError), tostring(err))
  back:put(1)
  assert(mp.wait{a, other}[1] ~= nil)
  other:join()
end
print "ok"
