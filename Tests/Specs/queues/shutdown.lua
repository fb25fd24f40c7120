-- shutdown: waiting getters and putters in other processes wake, what is in the queue can be got.
local mp = require "multiprocessing"

local function error_name(f, ...)
  local ok, err = pcall(f, ...)
  return ok and "none" or err.name
end
local report = mp.Queue()
local function waiting(q, method, ...)
  report:put "ready"
  report:put(error_name(q[method], q, ...))
end
local function blocked(q, immediate, method, ...)
  local children = {}
  for i = 1, 3 do
    children[i] = mp.Process{target = waiting, args = table.pack(q, method, ...)}
    children[i]:start()
    assert(report:get() == "ready")
  end
  q:shutdown(immediate)
  for _ = 1, 3 do assert(report:get() == "ShutDown") end
  for _, p in ipairs(children) do p:join() end
end

for _, immediate in ipairs{false, true} do
  blocked(mp.Queue(), immediate, "get")
  blocked(mp.Queue(), immediate, "get", true, 1000)
  blocked(mp.Queue(), immediate, "get_many", 5)
  blocked(mp.Queue(), immediate, "try_get", 1000)
  for _, method in ipairs{"put", "put_many"} do
    local full = mp.Queue(1)
    full:put(0)
    blocked(full, immediate, method, {1})
    assert(full:qsize() == (immediate and 0 or 1))
  end
end

local q = mp.JoinableQueue()
q:put_many{1, 2}
q:shutdown()
assert(error_name(q.put, q, 1) == "ShutDown" and error_name(q.put_nowait, q, 1) == "ShutDown")
assert(error_name(q.try_put, q, 1) == "ShutDown" and error_name(q.put_many, q, {1}) == "ShutDown")
assert(q:get() == 1)
local seen = {}
for v in q:iter() do seen[#seen + 1] = v end
assert(#seen == 1 and seen[1] == 2)
assert(error_name(q.get, q) == "ShutDown" and error_name(q.get_nowait, q) == "ShutDown")
q:shutdown()
q:task_done()
q:task_done()
q:join()

q = mp.JoinableQueue()
q:put_many{1, 2}
q:shutdown{immediate = true}
assert(q:empty() and error_name(q.get, q) == "ShutDown")
q:join()
local ok, err = pcall(q.task_done, q)
assert(not ok and tostring(err) == "ValueError: task_done() called too many times")
for _ in q:iter() do error "nothing is left" end
print "ok"
