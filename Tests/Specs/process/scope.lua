-- `local p <close>`: joined at the end of its scope, terminated when an error leaves it.
local mp = require "multiprocessing"

local q, kept = mp.Queue(), nil
do
  local p <close> = mp.Process{target = q.put, args = {q, "done"}}
  p:start()
  kept = p
end
assert(q:get_nowait() == "done" and tostring(kept):find("closed"))

local watch
local ok, err = pcall(function()
  local p <close> = mp.Process{target = mp.sleep, args = {60}}
  p:start()
  watch = p
  error("left")
end)
assert(not ok and err:find("left") and tostring(watch):find("closed"))
assert(#mp.active_children() == 0)

do
  local p <close> = mp.Process{target = print}
  assert(p.pid == nil)
end
print("ok")
