-- A process that has been joined has no descriptor left, though its handle waits for the collector; a
-- sentinel that was asked for stays.
local mp = require "multiprocessing"
-- Not through io.popen: what it runs may still see both ends of its pipe in this process.
local name = os.tmpname()
local function descriptors()
  assert(os.execute(("ls /proc/%d/fd | wc -l > %s"):format(mp.getpid(), name)))
  local file <close> = io.open(name)
  return file:read "n"
end
local function run()
  local p = mp.Process{target = function() end}
  p:start()
  return p
end
run():join()
local before = descriptors()
local kept = {}
for i = 1, 50 do
  kept[i] = run()
  kept[i]:join()
end
assert(descriptors() == before)
local p = run()
local sentinel = p.sentinel
p:join()
assert(p.sentinel == sentinel and mp.wait{sentinel}[1] == sentinel and mp.wait{p}[1] == p)
-- One that is asked for later is ready at once.
assert(mp.wait{kept[1].sentinel}[1] == kept[1].sentinel and kept[1].exitcode == 0)
os.remove(name)
print "ok"
