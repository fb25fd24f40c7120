-- A running process cannot be closed from inside; closing the main process means nothing.
local mp = require "multiprocessing"

mp.current_process():close()
assert(mp.current_process():is_alive())

local p = mp.Process{target = function()
  local self = mp.current_process()
  local ok, err = pcall(self.close, self)
  assert(not ok and err:is(mp.ValueError))
  assert(self:is_alive())
end}
p:start()
p:join()
assert(p.exitcode == 0)
print("ok")
