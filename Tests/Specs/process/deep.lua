-- A child that starts a child that starts a child, fifty deep.
local mp = require "multiprocessing"

local q = mp.Queue()
local function go(depth)
  if depth == 0 then return q:put(mp.current_process().name) end
  local p = mp.Process{target = go, args = {depth - 1}}
  p:start()
  p:join()
  assert(p.exitcode == 0)
end
go(50)
assert(q:get() == "Process-1" .. (":1"):rep(49))
print("ok")
