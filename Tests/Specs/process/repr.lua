-- `tostring` shows a process as Python's `repr` does, in each state.
local mp = require "multiprocessing"

local me = mp.getpid()
assert(tostring(mp.current_process()) == "<_MainProcess name='MainProcess' parent=None started>")
local p = mp.Process{target = mp.sleep, args = {60}, daemon = true}
assert(tostring(p) == ("<Process name='Process-1' parent=%d initial daemon>"):format(me))
p:start()
local pid = p.pid
local form = "<Process name='Process-1' pid=%d parent=%d %s daemon>"
assert(tostring(p) == form:format(pid, me, "started"))
local other = mp.Process{target = function()
  assert(tostring(p) == form:format(pid, me, "unknown"))
  assert(tostring(mp.current_process())
    == ("<Process name='Process-2' pid=%d parent=%d started>"):format(mp.getpid(), me))
  assert(tostring(mp.parent_process())
    == "<_ParentProcess name='MainProcess' parent=None unknown>")
end}
other:start()
other:join()
assert(other.exitcode == 0)
p:terminate()
p:join()
assert(tostring(p) == form:format(pid, me, "stopped exitcode=-SIGTERM"))
p:close()
assert(tostring(p):find(" closed daemon>$"))

local Worker = mp.Process:extend("Worker")
assert(tostring(Worker()) == ("<Worker name='Worker-3' parent=%d initial>"):format(me))
print("ok")
