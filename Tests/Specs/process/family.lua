-- Who is who: `current_process` and `parent_process` in the main process and in children.
local mp = require "multiprocessing"

local main = mp.current_process()
assert(rawequal(main, mp.current_process()) and mp.parent_process() == nil)
assert(main.name == "MainProcess" and main.daemon == false and main:is_alive())
assert(main.exitcode == nil and #main.authkey == 32)
assert(mp.cpu_count() >= 1)

local pid, key = mp.getpid(), main.authkey
local p = mp.Process{target = function()
  local self, parent = mp.current_process(), mp.parent_process()
  assert(self.pid == mp.getpid() and self.pid ~= pid and self.ident == self.pid)
  assert(self:is_alive() and self.exitcode == nil and self.authkey == key)
  assert(parent.pid == pid and parent.ident == pid and parent.name == "MainProcess")
  assert(parent:is_alive() and rawequal(parent, mp.parent_process()))
  parent:join(0)
  assert(#mp.active_children() == 0)
end}
p:start()
p:join()
assert(p.exitcode == 0)
print("ok")
