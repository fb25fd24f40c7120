-- A million puts before the first get.
local mp = require "multiprocessing"
local q = mp.Queue()
local n = 1000000
local p = mp.Process{target = function()
  for i = 1, n do q:put(i) end
end}
p:start()
p:join()
assert(p.exitcode == 0 and #q == n)
for i = 1, n do
  if q:get() ~= i then error("out of order at " .. i) end
end
assert(q:empty() and not q:try_get())
print "ok"
