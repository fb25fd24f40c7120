-- An end of a pipe goes through queues and pipes, to processes that never had it, and works there.
local mp = require "multiprocessing"

local q = mp.Queue()
local here, there = mp.Pipe()

-- In the same process it is the same object, whichever way it goes, and once in a message.
for _, way in ipairs{
  function(v) q:put(v) return q:get() end,
  function(v) q:put_many{0, v} return q:get_many(2)[2] end,
  function(v) assert(q:try_put(v)) return select(2, q:try_get()) end,
  function(v) here:send(v) return there:recv() end,
  function(v) there:send(v) return select(2, here:try_recv()) end,
} do
  local a, b = mp.Pipe()
  local back = way{a, b, again = a, deep = {{b}}}
  assert(rawequal(back[1], a) and rawequal(back[2], b) and rawequal(back.again, a))
  assert(rawequal(back.deep[1][1], b))
  back[1]:send "x"
  assert(b:recv() == "x")
  assert(rawequal(way(a), a))
end

-- A server that was started before the pipe was made.
local function serve(requests)
  for request in requests:iter() do
    local conn = request.conn
    conn:send{"served", request.n, mp.getpid(), conn.readable, conn.writable, conn:fileno() > 2}
    if request.close then conn:close() end
  end
end
local requests = mp.Queue()
local server = mp.Process{target = serve, args = {requests}}
server:start()
for n = 1, 100 do
  local mine, its = mp.Pipe()
  requests:put{conn = its, n = n, close = n % 2 == 0}
  its:close()
  local answer = mine:recv()
  assert(answer[1] == "served" and answer[2] == n and answer[3] == server.pid)
  assert(answer[4] and answer[5] and answer[6])
  if n % 2 == 0 then
    -- It was the last hold of that end.
    local ok, err = pcall(mine.recv, mine)
    assert(not ok and err:is(mp.EOFError))
    ok, err = pcall(mine.send, mine, 1)
    assert(not ok and err:is(mp.BrokenPipeError))
  end
  mine:close()
end
requests:put(nil)
server:join()
assert(server.exitcode == 0)

-- Each end keeps its direction, and what it may not do.
local reader = mp.Process{target = function()
  local conn = q:get()
  assert(conn.readable and not conn.writable and not conn.closed)
  local ok, err = pcall(conn.send, conn, 1)
  assert(not ok and err.message == "connection is read-only", err.message)
  local sum = 0
  while true do
    local got, v, problem = conn:try_recv(30)
    if not got then
      assert(v:is(mp.EOFError), problem)
      break
    end
    sum = sum + v
  end
  q:put(sum)
  q:put(mp.wait{conn}[1] == conn and conn:poll())
end}
reader:start()
local r, w = mp.Pipe(false)
q:put(r)
r:close()
assert(tostring(r):find "closed")
local function write()
  local conn = there:recv()
  assert(conn.writable and not conn.readable)
  local ok, err = pcall(conn.recv, conn)
  assert(not ok and err.message == "connection is write-only", err.message)
  for i = 1, 1000 do conn:send(i) end
  conn:close()
  ok, err = pcall(conn.send, conn, 1)
  assert(not ok and err.message == "handle is closed")
end
local writer = mp.Process{target = write}
writer:start()
here:send(w)
w:close()
writer:join()
assert(writer.exitcode == 0)
reader:join()
assert(reader.exitcode == 0)
assert(q:get() == 500500 and q:get() == true)

-- An end on its way keeps the pipe open; one in a message that nobody will read any more does not.
local a, b = mp.Pipe()
local box = mp.Queue()
box:put(b)
b:close()
assert(not a:poll(0))
a:send "waits for its reader"
b = box:get()
assert(b:recv() == "waits for its reader")
box:put{b, {b}}
box:put(b)
b:close()
box = nil
collectgarbage()
assert(a:poll(0))
local ok, err = pcall(a.recv, a)
assert(not ok and err:is(mp.EOFError))

-- After it was closed here an end may come back: a new object, and the old one stays closed.
a, b = mp.Pipe()
q:put(b)
b:close()
local again = q:get()
assert(not rawequal(again, b) and b.closed and not again.closed)
again:send(1)
assert(a:recv() == 1)
-- Collected, and back.
q:put(again)
again = nil
collectgarbage()
again = q:get()
again:send(2)
assert(a:recv() == 2)

-- A closed end is refused, like what no message takes; nothing was put.
for _, bad in ipairs{b, coroutine.create(print)} do
  ok, err = pcall(q.put, q, {again, {bad}})
  assert(not ok and err:is(mp.SerializationError), tostring(err))
end
ok, err = pcall(q.put, q, {conn = b})
assert(not ok and err.message == "cannot send conn (userdata Connection; handle is closed)", err.message)
assert(q:empty())

-- One end for many, and an end inside a pipe that is itself on its way.
local workers = {}
for i = 1, 4 do
  workers[i] = mp.Process{target = function()
    for _ = 1, 5 do
      local conn = q:get()
      conn:send(i)
      conn = nil
      collectgarbage()
    end
  end}
  workers[i]:start()
end
local one, other = mp.Pipe()
for _ = 1, 20 do q:put(other) end
other:close()
local counts = {0, 0, 0, 0}
for _ = 1, 20 do
  local i = one:recv()
  counts[i] = counts[i] + 1
end
for i = 1, 4 do
  workers[i]:join()
  assert(workers[i].exitcode == 0 and counts[i] == 5)
end
ok, err = pcall(one.recv, one)
assert(not ok and err:is(mp.EOFError))

local child = mp.Process{target = function()
  local conn = q:get()
  conn:recv()[1]:send "from inside"
end}
child:start()
one, other = mp.Pipe()
local inner, far = mp.Pipe()
one:send{inner, mp.Lock()}
q:put(other)
inner:close()
other:close()
assert(far:recv() == "from inside")
child:join()

-- An end that is only in its own pipe nobody can get at any more.
one, other = mp.Pipe()
one:send{one, other}
other:close()
assert(one:poll(0))
ok, err = pcall(one.send, one, "more")
assert(not ok and err:is(mp.BrokenPipeError))
one:close()
one, other = mp.Pipe()
one:send(other)
other = other:recv()
one:send "round"
assert(other:recv() == "round")
print "ok"
