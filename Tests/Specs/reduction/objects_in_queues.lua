-- Locks and queues go through queues and pipes, alone and nested, many at once, and work there.
local mp = require "multiprocessing"

-- A request carries the queue for its answer.
local function serve(requests)
  for request in requests:iter() do request.reply:put{request.n * 2, request.lock} end
end
local requests = mp.Queue()
local server = mp.Process{target = serve, args = {requests}}
server:start()
for n = 1, 200 do
  local reply, lock = mp.Queue(), mp.Lock()
  requests:put{n = n, reply = reply, lock = lock}
  local answer = reply:get()
  assert(answer[1] == 2 * n and answer[2] == lock and reply:empty())
end
requests:put(nil)
server:join()
assert(server.exitcode == 0)

-- A lock that is made after the start of the process that it excludes.
local to, from = mp.Queue(), mp.Queue()
local worker = mp.Process{target = function()
  local lock = to:get()
  from:put{lock:acquire(false), lock:locked()}
  from:put(lock:acquire())
  lock:release()
end}
worker:start()
local late <close> = mp.Lock():guard()
local lock = mp.Lock()
lock:acquire()
to:put(lock)
local first = from:get()
assert(first[1] == false and first[2] == true)
lock:release()
assert(from:get() == true)
worker:join()

-- Every class keeps its class, whichever way it goes.
local here, there = mp.Pipe()
local ways = {
  function(v) to:put(v) return to:get() end,
  function(v) to:put_many{0, v} return to:get_many(2)[2] end,
  function(v) assert(to:try_put(v)) return select(2, to:try_get()) end,
  function(v) here:send(v) return there:recv() end,
  function(v) there:send{v} return select(2, here:try_recv())[1] end,
}
local function echo(q, answers)
  while true do
    local way, v = table.unpack(q:get())
    if not way then return end
    v = ways[way](v)
    answers:put(tostring(v):match "^<(%a+)")
    v = nil
    collectgarbage()
  end
end
local q, answers = mp.Queue(), mp.SimpleQueue()
local other = mp.Process{target = echo, args = {q, answers}}
other:start()
for _, name in ipairs{"Lock", "RLock", "Queue", "JoinableQueue", "SimpleQueue"} do
  for way = 1, #ways do
    q:put{way, mp[name]()}
    assert(answers:get() == name)
    assert(tostring(ways[way](mp[name]())):find("^<" .. name))
  end
end
q:put{false}
other:join()

-- What a class is made of travels: a full queue is full, tasks are counted, a depth is a depth.
local tasks = mp.JoinableQueue(2)
tasks:put(1)
tasks:put(2)
to:put(tasks)
tasks = nil
collectgarbage()
tasks = to:get()
assert(tasks:full() and tasks:get() == 1 and #tasks == 1)
tasks:task_done()
tasks:get()
tasks:task_done()
assert(not pcall(tasks.task_done, tasks))

-- Many objects, each more than once, deep and in a circle.
local many = {}
for i = 1, 5000 do many[i] = i % 2 == 0 and mp.Lock() or mp.Queue() end
local message = {many, {again = many[1], [many[2]] = "key"}}
for _ = 1, 1000 do message = {message} end
message.me = message
to:put(message)
local back = to:get()
assert(back.me == back)
for _ = 1, 1000 do back = back[1] end
for i = 1, 5000 do assert(rawequal(back[1][i], many[i])) end
assert(rawequal(back[2].again, many[1]) and back[2][many[2]] == "key")

-- Queues in queues, and one in itself.
local inner = mp.Queue()
inner:put{inner, lock}
inner:put "after"
to:put(inner)
inner = nil
collectgarbage()
inner = to:get()
local inside = inner:get()
assert(rawequal(inside[1], inner) and rawequal(inside[2], lock) and inner:get() == "after")
print "ok"
