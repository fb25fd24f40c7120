-- What cannot be sent is named by its path, in put and send, and nothing is sent.
local mp = require "multiprocessing"
local q = mp.Queue()
local a, b = mp.Pipe()
local function refused(text, v)
  for _, f in ipairs{function() q:put(v) end, function() a:send(v) end, function() q:put_nowait(v) end,
    function() q:try_put(v) end, function() q:put_many({v}) end} do
    local ok, err = pcall(f)
    assert(not ok and err:is(mp.SerializationError) and err:is(mp.ValueError), tostring(err))
    assert(err.message:find(text, 1, true), err.message)
    assert(err.where:find "^reduction/refused.lua:%d+$")
  end
  assert(q:empty() and not b:poll())
end
refused("[3].b (thread)", {1, 2, {b = coroutine.create(print)}})
refused("a[3].b (userdata FILE*)", {a = {1, 2, {b = io.tmpfile()}}})
refused("(thread)", coroutine.create(print))
refused("[\"a b\"]", {["a b"] = io.tmpfile()})
refused("[true]", {[true] = io.tmpfile()})
local cycle = {}
cycle.me = cycle
cycle.log = io.tmpfile()
refused("log (userdata FILE*)", cycle)
local deep = io.tmpfile()
for _ = 1, 10000 do deep = {deep} end
refused("...", deep)
-- Of a function, what it captured, the innermost one.
local log, opts = io.tmpfile(), {log = io.tmpfile()}
local function direct() return log end
refused("log (userdata FILE*), upvalue 'log' of function at reduction/refused.lua:29", direct)
refused("f.log (userdata FILE*), upvalue 'log' of function at reduction/refused.lua:29", {f = direct})
refused("[2].opts.log (userdata FILE*), upvalue 'opts' of function at reduction/refused.lua:33",
  {1, function() return opts end})
refused("direct.log (userdata FILE*), upvalue 'log' of function at reduction/refused.lua:29",
  function() return direct end)
local ok, err = pcall(q.put, q, {print = io.tmpfile(), [("k"):rep(1000)] = 1})
assert(not ok and #tostring(err) < 300)
ok, err = pcall(q.put, q, direct)
assert(not ok and err.message
  == "cannot send log (userdata FILE*), upvalue 'log' of function at reduction/refused.lua:29")
-- After all of them the queue and the pipe work.
q:put(1)
a:send(2)
assert(q:get() == 1 and b:recv() == 2)
print "ok"
