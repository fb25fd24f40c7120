-- Pipes that nobody holds any more are closed: making thousands of them needs no close.
local mp = require "multiprocessing"
for i = 1, 5000 do
  local a, b = mp.Pipe()
  a:send(i)
  assert(b:recv() == i)
end
print "ok"
