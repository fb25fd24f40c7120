-- Processes that wait for each other: one of them is told, and the others go on.
local mp = require "multiprocessing"
mp.log_to_stderr(mp.CRITICAL)

-- Two locks in opposite order: the one who closed the cycle gives up, and its lock is free then.
do
  local first, second = mp.Lock(), mp.Lock()
  local ready, answers = mp.Queue(), mp.Queue()
  local function work(one, other)
    local held <close> = one:guard()
    ready:put(mp.getpid())
    while ready:qsize() < 2 do mp.sleep(0.001) end
    local ok, err = pcall(other.acquire, other)
    if ok then other:release() end
    answers:put{ok, tostring(err)}
  end
  local p = mp.Process{target = work, args = {first, second}, name = "forwards"}
  local q = mp.Process{target = work, args = {second, first}, name = "backwards"}
  p:start()
  q:start()
  p:join()
  q:join()
  local one, other = answers:get(), answers:get()
  if one[1] then one, other = other, one end
  assert(not one[1] and other[1] == true)
  local text = one[2]
  assert(text:find("forwards (pid " .. p.pid .. ")", 1, true), text)
  assert(text:find("backwards (pid " .. q.pid .. ")", 1, true), text)
  assert(text:find("held by forwards", 1, true) and text:find("held by backwards", 1, true), text)
  -- Who merely waits for them is not named.
  assert(not text:find "MainProcess", text)
  assert(first:acquire{timeout = 0} and second:acquire{timeout = 0})
end

-- A join of a child that waits for this process: the parent is nearer the root.
do
  local q = mp.Queue()
  local p = mp.Process{target = function() q:get() end, name = "waiter"}
  p:start()
  local ok, err = pcall(p.join, p)
  assert(not ok and err:is(mp.DeadlockError))
  local text = tostring(err)
  assert(text:find("in join() of waiter (pid " .. p.pid .. ")", 1, true), text)
  assert(text:find("waiter (pid " .. p.pid .. ") has waited", 1, true), text)
  -- It was told in time to do something about it.
  q:put(1)
  p:join()
  assert(p.exitcode == 0)
end

-- A child that joins its parent, which joins it.
do
  local p = mp.Process{target = function() mp.parent_process():join() end}
  p:start()
  local ok, err = pcall(p.join, p)
  assert(not ok and err:is(mp.DeadlockError))
  p:terminate()
  p:join()
end

-- Both ask and nobody answers: through pipes and queues.
do
  local ours, theirs = mp.Pipe()
  local p = mp.Process{target = function(conn)
    assert(conn:recv() == "hello")
    local ok, err = pcall(conn.recv, conn)
    assert(not ok and err:is(mp.EOFError), tostring(err))
  end, args = {theirs}}
  p:start()
  theirs:close()
  ours:send "hello"
  local ok, err = pcall(ours.recv, ours)
  assert(not ok and err:is(mp.DeadlockError), tostring(err))
  assert(tostring(err):find("recv() from the Pipe", 1, true))
  ours:close()
  p:join()
  assert(p.exitcode == 0)
end

-- A recursive lock can only be released by its owner, whoever else has it in hand.
do
  local lock, q = mp.RLock(), mp.Queue()
  lock:acquire()
  local p = mp.Process{target = function()
    local ok, err = pcall(lock.acquire, lock)
    assert(ok, tostring(err))
  end}
  p:start()
  local ok, err = pcall(q.get, q)
  assert(not ok and err:is(mp.DeadlockError))
  lock:release()
  p:join()
  assert(p.exitcode == 0)
end
print "ok"
