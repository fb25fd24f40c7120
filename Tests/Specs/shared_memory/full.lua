-- fork, spawn only: the fork server of a killed program takes a moment to end.
-- A full /dev/shm is an error of the call, never the death of whoever touches the memory.
local mp = require "multiprocessing"

-- A small one of our own, where the system lets us have it.
local exe = io.popen("readlink /proc/" .. mp.getpid() .. "/exe"):read "l"
local own = "exec unshare --mount --map-root-user sh -c '%s'"
if not os.execute((own .. " 2>&-"):format "mount -t tmpfs -o size=1m tmpfs /dev/shm") then
  return print "ok"
end

local script = os.tmpname()
local file <close> = assert(io.open(script, "w"))
file:write [[
local mp = require "multiprocessing"
local SharedMemory = mp.shared_memory.SharedMemory
local function refuses(...)
  local ok, err = pcall(SharedMemory, ...)
  assert(not ok and err:is(mp.OSError) and err.errno == 28, tostring(err))
  assert(err.message:find("No space left on device", 1, true))
end

local block = SharedMemory{create = true, size = 800000}
block.buf:fill(1)
refuses{create = true, size = 400000}
refuses("named", true, 400000)
assert(not pcall(SharedMemory, "named"))
-- Somebody else's, whose memory was never reserved.
local sparse = io.open("/dev/shm/sparse", "w")
sparse:seek("set", 399999)
sparse:write "x"
sparse:close()
refuses "sparse"
assert(os.remove "/dev/shm/sparse")
assert(block.buf:get() == ("\1"):rep(800000))
block:close()
refuses{create = true, size = 400000}
block:unlink()

-- What a killed program left makes room.
local killed = io.popen(arg[1] .. [=[ -e '
  local mp = require "multiprocessing"
  local m = mp.shared_memory.SharedMemory{create = true, size = 800000}
  print(m.name)
  io.flush()
  os.execute "kill -9 $PPID"' 2>&1]=])
local name = killed:read "l"
killed:close()
assert(os.execute("test -e /dev/shm/" .. name))
SharedMemory{create = true, size = 400000}:unlink()
assert(not os.execute("test -e /dev/shm/" .. name))
print "room"
]]
file:close()
local inner <close> = io.popen(own:format(
  "mount -t tmpfs -o size=1m tmpfs /dev/shm && exec " .. exe .. " " .. script .. " " .. exe) .. " 2>&1")
local said = inner:read "a"
os.remove(script)
assert(said == "room\n", said)
print "ok"
