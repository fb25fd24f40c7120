-- A process starts once, and only where it was made.
local mp = require "multiprocessing"

local function refuses(text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(mp.AssertionError) and err.message == text, tostring(err))
end

local r, w = mp.Pipe(false)
local p = mp.Process{target = function() r:recv() end}
p:start()
refuses("cannot start a process twice", p.start, p)
assert(rawequal(mp.active_children()[1], p))
w:send("go on")
p:join()
refuses("cannot start a process twice", p.start, p)

local foreign = mp.Process{target = print}
local child = mp.Process{target = function()
  refuses("can only start a process object created by current process", foreign.start, foreign)
end}
child:start()
child:join()
assert(child.exitcode == 0)
print("ok")
