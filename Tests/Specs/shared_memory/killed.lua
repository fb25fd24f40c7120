-- Everybody who made and used blocks is killed at once: the next program removes them, and a reader
-- in Python keeps what it has open.
local mp = require "multiprocessing"

local exe = "/proc/" .. mp.getpid() .. "/exe"

local function exists(name)
  return os.execute("test -e /dev/shm/" .. name) == true
end

local function wait_for(claim)
  local deadline = mp.time() + 20
  while not claim() do
    assert(mp.time() < deadline)
    mp.sleep(0.002)
  end
end

local function has_ended(pid)
  local file = io.open("/proc/" .. pid .. "/stat")
  if not file then return true end
  local state = file:read("a"):match "%) (%a)"
  file:close()
  return state == "Z" or state == "X"
end

for round, begin in ipairs{
  'require "multiprocessing"',
  -- One that began before they died: it looks when it makes a block itself.
  [[local m = require "multiprocessing" io.read()
    m.shared_memory.SharedMemory{create = true, size = 1}:unlink()]],
} do
  local early = round == 2 and io.popen(("exec %s -e '%s'"):format(exe, begin), "w")
  local file = io.popen(("exec %s -e '%s'"):format(exe, [[
    local mp = require "multiprocessing"
    local SharedMemory = mp.shared_memory.SharedMemory
    local r, w = mp.Pipe(false)
    local made = SharedMemory{create = true, size = 4}
    made.buf:set(1, "abcd")
    print(made.name)
    print(mp.getpid())
    for i = 1, 3 do
      local p = mp.Process{target = function()
        local own = mp.shared_memory.ShareableList{i, "item"}
        made.buf[1] = 65
        w:send(own.shm.name)
        while true do own[1] = own[1] + 1 end
      end}
      p:start()
      print(r:recv())
      print(p.pid)
    end
    io.flush()
    mp.sleep(100)]]))
  local names, pids = {}, {}
  for i = 1, 4 do names[i], pids[i] = file:read "l", file:read "l" end
  for _, name in ipairs(names) do assert(exists(name)) end
  local reader = io.popen(([[python3 - %s <<'END'
import os, sys, time
from multiprocessing import shared_memory, resource_tracker
block = shared_memory.SharedMemory(sys.argv[1])
resource_tracker.unregister(block._name, "shared_memory")
print("ready", flush=True)
while os.path.exists("/dev/shm/" + sys.argv[1]): time.sleep(0.001)
block.buf[3] = 33
print(bytes(block.buf))
END]]):format(names[1]))
  assert(reader:read "l" == "ready")
  os.execute("kill -9 " .. table.concat(pids, " "))
  for _, pid in ipairs(pids) do wait_for(function() return has_ended(pid) end) end
  file:close()
  if early then
    early:write "go\n"
    early:close()
  else
    assert(os.execute(("%s -e '%s'"):format(exe, begin)))
  end
  -- Another program that begins just now may be at it.
  for _, name in ipairs(names) do wait_for(function() return not exists(name) end) end
  assert(reader:read "a" == "b'Abc!'\n")
  reader:close()
end
print "ok"
