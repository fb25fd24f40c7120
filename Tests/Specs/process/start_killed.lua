-- Whoever waits for a process that is killed goes on.
local mp = require "multiprocessing"

for _, wait in ipairs{
  function(p) p:join() end,
  function(p) p:join(60) end,
  function(p) mp.wait{p} end,
  function(p) mp.wait{p.sentinel} end,
  function(p) while p:is_alive() do end end,
  function(p) while p.exitcode == nil do end end,
  function(p) while mp.active_children()[1] == p do end end,
} do
  local p = mp.Process{target = mp.sleep, args = {60}}
  p:start()
  local killer = mp.Process{target = os.execute, args = {"kill -9 " .. p.pid}}
  killer:start()
  wait(p)
  assert(p.exitcode == -9)
  killer:join()
end
print("ok")
