-- A running process cannot be closed; a closed one answers almost nothing.
local mp = require "multiprocessing"

local function refuses(text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(mp.ValueError) and err.message == text, tostring(err))
end

local p = mp.Process{target = mp.sleep, args = {60}}
p:start()
refuses("Cannot close a process while it is still running. "
  .. "You should first call join() or terminate().", p.close, p)
p:kill()
p:join()
p:close()
p:close()
local closed = "process object is closed"
for _, name in ipairs{"start", "join", "is_alive", "terminate", "kill", "interrupt"} do
  refuses(closed, p[name], p)
end
for _, name in ipairs{"pid", "ident", "exitcode", "sentinel"} do
  refuses(closed, function() return p[name] end)
end
assert(p.name == "Process-1" and tostring(p):find(" closed>"))
print("ok")
