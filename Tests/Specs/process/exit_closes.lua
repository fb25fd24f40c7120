-- `os.exit(code, true)` closes the process's own `<close>` variables, as Python's `sys.exit` leaves its
-- with-statements; `os.exit(code)` does not: a lock that was held is abandoned.
local mp = require "multiprocessing"
local q, lock = mp.Queue(), mp.Lock()
local function closing(text) return setmetatable({}, {__close = function() q:put(text) end}) end
local function run(target)
  local p = mp.Process{target = target}
  p:start()
  p:join()
  return p.exitcode
end

do
  local outer <close> = closing "the parent's"
  assert(run(function()
    local first <close> = closing "first"
    local held <close> = lock:guard()
    -- Only the end itself could collect this.
    collectgarbage "stop"
    setmetatable({}, {__gc = function() q:put "collected" end})
    local function leave()
      local second <close> = closing "second"
      os.exit(5, true)
    end
    leave()
  end) == 5)
  assert(q:get() == "second" and q:get() == "first" and q:empty() and outer)
  assert(select("#", lock:acquire()) == 1)
  lock:release()
  -- From a coroutine: those of the process's first one, as in Lua's own interpreter.
  assert(run(function()
    local first <close> = closing "first"
    coroutine.wrap(function() os.exit(6, true) end)()
  end) == 6)
  assert(q:get() == "first" and q:empty())
  -- An error while closing changes nothing, as in Lua's own interpreter; others are still closed.
  assert(run(function()
    local first <close> = closing "first"
    local bad <close> = setmetatable({}, {__close = function() error "expected" end})
    os.exit(7, true)
  end) == 7)
  assert(q:get() == "first" and q:empty())
  -- What the process waits for at its exit may need what it closes.
  assert(run(function()
    local held <close> = lock:guard()
    mp.Process{target = function() lock:with(function() end) end}:start()
    os.exit(8, true)
  end) == 8)
end
assert(q:get() == "the parent's")

mp.get_logger():setLevel(mp.CRITICAL)
assert(run(function()
  local held <close> = lock:guard()
  os.exit(3)
end) == 3)
assert(select(2, lock:acquire()) == "abandoned")
print "ok"
