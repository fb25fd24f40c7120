-- Process{memory_limit = bytes}: the child's Lua gets an ordinary error, nobody else notices.
local mp = require "multiprocessing"

local MiB = 1 << 20
local q = mp.Queue()
local text = ("m"):rep(6 * MiB)

local p = mp.Process{memory_limit = 16 * MiB, target = function()
  assert(mp.current_process().memory_limit == 16 * MiB)
  local function refused(f, ...)
    local ok, err = pcall(f, ...)
    assert(not ok and err == "not enough memory", tostring(err))
    -- What the failed call held is free again.
    collectgarbage()
    assert(collectgarbage "count" * 1024 < 10 * MiB)
    assert(#("x"):rep(2 * MiB) == 2 * MiB)
  end
  refused(string.rep, "x", 1 << 30)
  refused(string.rep, "x", 20 * MiB)
  refused(function()
    local t = {}
    for i = 1, math.huge do t[i] = i end
    return t
  end)
  refused(function()
    local t = {}
    while true do t = {t} end
  end)
  refused(function()
    local s = "x"
    while true do s = s .. s end
  end)
  refused(function()
    local parts = {}
    for i = 1, 100 do parts[i] = ("y"):rep(MiB) .. i end
    return parts
  end)
  refused(coroutine.wrap(function() return ("x"):rep(1 << 30) end))
  refused(function()
    local memory <close> = mp.shared_memory.SharedMemory{create = true, size = 20 * MiB}
    memory:unlink()
    return memory.buf:get()
  end)
  -- A message that is too large for this process.
  q:put(text)
  q:put{text}
  local kept = {}
  for i = 1, 5 do kept[i] = ("k"):rep(MiB) .. i end
  assert(not pcall(q.get, q) and not pcall(q.get, q))
  kept = nil
  collectgarbage()
  q:put(text)
  assert(#q:get() == #text and kept == nil)
  -- Its children have the limit too, unless they are given one.
  local inherits = mp.Process{target = function() refused(string.rep, "x", 20 * MiB) end}
  inherits:start()
  inherits:join()
  assert(inherits.exitcode == 0 and inherits.memory_limit == nil)
  local own = mp.Process{memory_limit = 64 * MiB, target = function()
    assert(#("x"):rep(20 * MiB) == 20 * MiB)
  end}
  own:start()
  own:join()
  assert(own.exitcode == 0)
  -- Garbage is collected before anything is refused.
  for i = 1, 200 do assert(#(("z"):rep(MiB) .. i) > MiB) end
  q:put "fine"
end}
assert(p.memory_limit == 16 * MiB)
p:start()
p:join()
assert(p.exitcode == 0 and q:get() == "fine")
-- Here nothing is limited.
assert(#("x"):rep(40 * MiB) == 40 * MiB)

-- As a field, until the start.
local limited = mp.Process{target = function()
  assert(not pcall(string.rep, "x", 9 * MiB))
end}
assert(limited.memory_limit == nil)
limited.memory_limit = 8 * MiB + #text
limited:start()
limited:join()
assert(limited.exitcode == 0)
local ok, err = pcall(function() limited.memory_limit = 1 end)
assert(not ok and err:is(mp.AssertionError) and err.message == "process has already started")

-- A class of one's own.
local Worker = mp.Process:extend "Worker"
function Worker:init() mp.Process.init(self, {memory_limit = 20 * MiB}) end
function Worker:run() assert(not pcall(string.rep, "x", self.memory_limit)) end
local worker <close> = Worker()
worker:start()
worker:join()
assert(worker.exitcode == 0)

local function refuses(class, message, f, ...)
  ok, err = pcall(f, ...)
  assert(not ok and err:is(mp[class]), tostring(err))
  assert(err.message:find(message, 1, true), err.message)
end
refuses("ValueError", "memory_limit must be at least 1 byte, got 0", mp.Process, {memory_limit = 0})
refuses("ValueError", "got -5", mp.Process, {memory_limit = -5})
refuses("TypeError", "memory_limit must be a whole number of bytes, got 1.5",
  mp.Process, {memory_limit = 1.5})
refuses("TypeError", "got string", mp.Process, {memory_limit = "1 GB"})
refuses("TypeError", "got boolean", function() mp.Process().memory_limit = true end)
assert(mp.Process{memory_limit = 2 ^ 20}.memory_limit == MiB)

-- A child that could not even begin is not started; it may be with another limit.
local large = {}
for i = 1, 10 do large[i] = ("l"):rep(MiB) .. i end
p = mp.Process{memory_limit = 10 * MiB, target = function() assert(#large == 10) end}
refuses("ValueError", "memory_limit is 10485760 bytes, but the child would begin with the ",
  p.start, p)
assert(p.pid == nil and not p:is_alive())
p.memory_limit = 64 * MiB
p:start()
p:join()
assert(p.exitcode == 0)
-- Garbage does not count.
large, text, worker.x = nil, nil, ("g"):rep(20 * MiB)
worker.x = nil
p = mp.Process{memory_limit = 10 * MiB, target = function() end}
p:start()
p:join()
assert(p.exitcode == 0 and large == nil and text == nil)
print "ok"
