-- `active_children` gives the very objects that were started, and reaps the ended.
local mp = require "multiprocessing"

assert(#mp.active_children() == 0)
local ps = {}
for i = 1, 3 do
  ps[i] = mp.Process{target = mp.sleep, args = {60}}
  ps[i].field = i
  ps[i]:start()
end
local children = mp.active_children()
assert(#children == 3)
for i = 1, 3 do assert(rawequal(children[i], ps[i]) and children[i].field == i) end

ps[2]:kill()
mp.wait{ps[2]}
children = mp.active_children()
assert(#children == 2 and children[1] == ps[1] and children[2] == ps[3])
assert(ps[2].exitcode == -9)

-- Dropped by the script, still known.
ps, children = nil, nil
collectgarbage()
children = mp.active_children()
assert(#children == 2 and children[2].field == 3)
for _, p in ipairs(children) do p:kill() p:join() end
assert(#mp.active_children() == 0)
children = nil

-- Those that have ended are let go when another one starts, joined or not.
local objects = setmetatable({}, {__mode = "k"})
local function run()
  local p = mp.Process{target = function() end}
  objects[p] = true
  p:start()
  mp.wait{p}
end
for _ = 1, 20 do run() end
local last = mp.Process{target = function() end}
last:start()
-- The second round takes the keys of what the first has finalized.
collectgarbage()
collectgarbage()
assert(next(objects) == nil)
last:join()
print("ok")
