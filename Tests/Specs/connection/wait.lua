-- mp.wait: connections, processes and sentinels together, at once, in time, at the end.
local mp = require "multiprocessing"
assert(mp.wait == require "multiprocessing.connection".wait)

local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err):find(text, 1, true), tostring(err))
end
local a, b = mp.Pipe()
local c, d = mp.Pipe(false)
assert(#mp.wait({a, c}, 0) == 0 and #mp.wait({a}, -1) == 0 and #mp.wait({}, 0) == 0)
local from = mp.time()
assert(#mp.wait({a, c}, {timeout = 0.05}) == 0 and mp.time() - from >= 0.05)
assert(#mp.wait{} == 0)
b:send(1)
local ready = mp.wait{c, a}
assert(#ready == 1 and ready[1] == a)
d:close()
ready = mp.wait({c, a}, 10)
assert(#ready == 2 and ready[1] == c and ready[2] == a)

local gate = mp.Queue()
local p = mp.Process{target = function() gate:get() end}
raises(mp.ValueError, "process not started", mp.wait, {p})
p:start()
assert(#mp.wait({p, p.sentinel}, 0.01) == 0)
gate:put(true)
ready = mp.wait{p}
assert(#ready == 1 and ready[1] == p)
ready = mp.wait({p.sentinel, p, a}, 5)
assert(#ready == 3 and ready[1] == p.sentinel and ready[2] == p and ready[3] == a)
p:join()
local killed = mp.Process{target = function() gate:get() end}
killed:start()
killed:kill()
assert(mp.wait{killed.sentinel}[1] == killed.sentinel)
killed:join()

raises(mp.TypeError, "object_list[2] must be a connection, a process, a sentinel, a queue or an event, got string",
  mp.wait, {a, "x"})
raises(mp.TypeError, "object_list must be a list, got nil", mp.wait, nil)
raises(mp.TypeError, "missing 1 required argument: 'object_list'", mp.wait)
raises(mp.TypeError, "object_list must be a list", mp.wait, a)
raises(mp.TypeError, "call it as mp.wait(), with a dot", mp.wait, mp, {a})
raises(mp.OSError, "handle is closed", mp.wait, {d})
raises(mp.OSError, "Errno 9", mp.wait, {999999})
raises(mp.ValueError, "Invalid file descriptor: -1", mp.wait, {-1})
print "ok"
