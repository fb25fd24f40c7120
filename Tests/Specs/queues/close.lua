-- close is for this process only; close, join_thread and cancel_join_thread as in Python.
local mp = require "multiprocessing"

local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err):find(text, 1, true), tostring(err))
end
local q = mp.Queue()
raises(mp.AssertionError, "not closed", q.join_thread, q)
q:cancel_join_thread()
local back = mp.Queue()
local p = mp.Process{target = function() back:put(q:get()) end}
p:start()
q:put "kept"
q:close()
q:close()
assert(back:get() == "kept")
p:join()
raises(mp.ValueError, "Queue <Queue at 0x", q.put, q, 1)
raises(mp.ValueError, "is closed", q.get, q)
for _, method in ipairs{"get_nowait", "try_get", "iter"} do
  raises(mp.ValueError, "is closed", q[method], q)
end
for _, method in ipairs{"put_nowait", "try_put"} do raises(mp.ValueError, "is closed", q[method], q, 1) end
raises(mp.ValueError, "is closed", q.get_many, q, 1)
raises(mp.ValueError, "is closed", q.put_many, q, {1})
raises(mp.OSError, "handle is closed", q.empty, q)
q:join_thread()
q:cancel_join_thread()
-- As in Python, one that nobody has put into yet still says that it is empty.
for _, class in ipairs{mp.Queue, mp.JoinableQueue} do
  local unused = class()
  unused:close()
  assert(unused:empty() and unused:qsize() == 0 and not unused:full())
  raises(mp.ValueError, "is closed", unused.get, unused)
end

local s = mp.SimpleQueue()
s:put(1)
assert(not s:empty() and s:get() == 1 and s:empty())
assert(s.task_done == nil and s.join == nil and s.full == nil and s.shutdown == nil)
s:close()
raises(mp.OSError, "handle is closed", s.get, s)
raises(mp.OSError, "handle is closed", function()
  local unused = mp.SimpleQueue()
  unused:close()
  unused:empty()
end)
raises(mp.OSError, "handle is closed", s.put, s, 1)
do
  local scoped <close> = mp.Queue()
  q = scoped
end
raises(mp.ValueError, "is closed", q.put, q, 1)
print "ok"
