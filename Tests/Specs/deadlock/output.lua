-- Processes whose output a relay passes on are told of a deadlock as others are.
local mp = require "multiprocessing"

if arg[1] then
  local q = mp.Queue()
  local p = mp.Process{name = "waits", output = "prefix", target = function()
    local ok, err = pcall(q.get, q)
    print(not ok and err.name)
  end}
  p:start()
  local ok, err = pcall(p.join, p)
  print(not ok and err.name)
  q:put(1)
  p:join()
  return
end

local file <close> = assert(io.popen(("'%s' %s run 2>&1"):format(arg[-1], arg[0])))
local output = file:read "a"
assert(output == "DeadlockError\nwaits: false\n", output)
print "ok"
