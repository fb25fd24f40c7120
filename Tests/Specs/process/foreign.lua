-- Only the process that made a process may use it.
local mp = require "multiprocessing"

local function refuses(text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(mp.AssertionError) and err.message == text, tostring(err))
end

local other = mp.Process{target = mp.sleep, args = {60}}
other:start()
local p = mp.Process{target = function()
  refuses("can only join a child process", other.join, other)
  refuses("can only test a child process", other.is_alive, other)
  for _, name in ipairs{"terminate", "kill", "interrupt"} do
    refuses("can only signal a child process", other[name], other)
  end
  local self = mp.current_process()
  refuses("can only join a child process", self.join, self)
  refuses("can only signal a child process", self.terminate, self)
  refuses("cannot start a process twice", self.start, self)
end}
p:start()
p:join()
assert(p.exitcode == 0 and other:is_alive())
other:kill()
other:join()
print("ok")
