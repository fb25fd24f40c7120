-- A child's standard input is empty.
local mp = require "multiprocessing"

local p = mp.Process{target = function()
  assert(io.read() == nil and io.read("a") == "" and io.stdin:read(0) == nil)
end}
p:start()
p:join()
assert(p.exitcode == 0)
print("ok")
