-- Hundreds of children at once.
local mp = require "multiprocessing"

local r, w = mp.Pipe(false)
local ps = {}
for i = 1, 300 do
  ps[i] = mp.Process{target = function() w:send(i) mp.sleep(60) end}
  ps[i]:start()
end
local seen = {}
for _ = 1, #ps do seen[r:recv()] = true end
assert(#seen == #ps and #mp.active_children() == #ps)
for _, p in ipairs(ps) do p:terminate() end
for _, p in ipairs(ps) do p:join() assert(p.exitcode == -15) end
assert(#mp.active_children() == 0)
print("ok")
