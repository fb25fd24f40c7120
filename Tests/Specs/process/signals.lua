-- A process that a signal ended has minus the signal as its exit code.
local mp = require "multiprocessing"

local function ended(by)
  local r, w = mp.Pipe(false)
  local p = mp.Process{target = function()
    w:send("running")
    mp.sleep(60)
  end}
  p:start()
  r:recv()
  by(p)
  p:join()
  by(p)  -- One that has ended hears nothing.
  return p.exitcode
end

assert(ended(function(p) p:terminate() end) == -15)
assert(ended(function(p) p:kill() end) == -9)
local function send(name)
  return function(p)
    if p:is_alive() then os.execute(("kill -%s %d"):format(name, p.pid)) end
  end
end
assert(ended(send("USR1")) == -10)
assert(ended(send("HUP")) == -1)
assert(ended(send("INT")) == -2)
print("ok")
