-- How many connections may be on their way, and a process that may have no more descriptors: the error
-- says so, and nothing is lost.
local mp = require "multiprocessing"

local q = mp.Queue()
local pipes = {}
local function refused(f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(mp.OSError), tostring(err))
  return err
end

-- 256 different ends on their way at a time; the same one as often as one likes.
for i = 1, 150 do
  pipes[i] = {mp.Pipe()}
  q:put{pipes[i]}
  if i == 128 then break end
end
local extra, extra_end = mp.Pipe()
local err = refused(q.put, q, {extra})
assert(err.errno == 105 and err.message:find "send a connection: 256 are on their way already",
  err.message)
assert(#q == 128)
q:put{pipes[1][1], pipes[1][2]}
assert(extra_end:poll(0) == false)
-- Half of a message is not sent either.
q:get()
extra:send "still good"
assert(extra_end:recv() == "still good")
-- The second message still has these two.
err = refused(q.put, q, {extra, extra_end})
q:get()
q:put{extra, extra_end}
refused(q.put, q, {pipes[1][1], {mp.Pipe()}})
for _ = 1, 126 do q:get() end
assert(rawequal(q:get()[1], pipes[1][1]) and rawequal(q:get()[2], extra_end) and q:empty())

-- Out of order, and mixed with others.
local queues = {}
for i = 1, 50 do
  queues[i] = mp.Queue()
  queues[i]:put(pipes[i])
end
for i = 50, 1, -1 do
  if i % 3 == 0 then
    queues[i] = nil
    collectgarbage()
  else
    assert(rawequal(queues[i]:get()[1][2], pipes[i][1][2]))
  end
end
queues = nil
pipes = nil
collectgarbage()

-- A reader that may have no more descriptors.
local function few(through_pipe, conn)
  local open = {}
  local source = through_pipe and conn or q
  local take = through_pipe and conn.recv or q.get
  mp.Lock()
  while true do
    local ok, file = pcall(assert, io.open "/dev/null")
    if not ok then break end
    open[#open + 1] = file
  end
  for _ = 1, 3 do
    local problem = refused(take, source)
    assert(problem.errno == 24 and problem.message:find "receive a connection", problem.message)
  end
  for _ = 1, 2 do table.remove(open):close() end
  local got = take(source)
  assert(got.text == "all of it" and #got == 2)
  got[1]:send "came"
  got[2]:send "too"
end
for _, through_pipe in ipairs{false, true} do
  local here, there = mp.Pipe()
  local reader = mp.Process{target = few, args = {through_pipe, there}}
  reader:start()
  local one, other = mp.Pipe()
  local two, another = mp.Pipe()
  local message = {other, another, text = "all of it"}
  if through_pipe then here:send(message) else q:put(message) end
  message = nil
  other:close()
  another:close()
  assert(one:recv() == "came" and two:recv() == "too")
  reader:join()
  assert(reader.exitcode == 0)
end

-- What cannot be tidied up for lack of descriptors is when there are some again.
do
  local start, done = mp.Event(), mp.Queue()
  local box, first = mp.Queue(), mp.Queue()
  local cramped = mp.Process{target = function()
    local own = box:get()
    local queue, open = mp.Queue(), {}
    local a, b = mp.Pipe()
    first:put{a, b}
    queue:put(own)
    own:close()
    while true do
      local ok, file = pcall(assert, io.open "/dev/null")
      if not ok then break end
      open[#open + 1] = file
    end
    queue = nil
    collectgarbage()
    done:put "let go"
    for i = 1, #open do open[i]:close() end
    start:wait()
  end}
  cramped:start()
  local mine, its = mp.Pipe()
  box:put(its)
  its:close()
  assert(done:get() == "let go")
  local got, problem = mine:try_recv(20)
  assert(got == false and problem and problem:is(mp.EOFError), tostring(problem))
  start:set()
  cramped:join()
  assert(cramped.exitcode == 0)
  local pair = first:get()
  pair[1]:send "still there"
  assert(pair[2]:recv() == "still there")
end
print "ok"
