-- Who has taken a part of a message, and then waits for another reader of the same end, is told.
local mp = require "multiprocessing"

local function state_of(pid)
  local file <close> = assert(io.open("/proc/" .. pid .. "/stat"))
  return file:read("a"):match("%) (%a)")
end

local r, w = mp.Pipe(false)
local text = ("0123456789abcdef"):rep(4 << 16)
local writer = mp.Process{target = function()
  w:send_bytes(text)
  w:send "next"
end}
writer:start()
assert(r:poll(nil))
os.execute("kill -STOP " .. writer.pid)
repeat until state_of(writer.pid) == "T"
assert(r:try_recv() == false)

-- The child inherits the part, but not the right to go on with it.
local reader = mp.Process{target = function() assert(r:recv() == "next") end}
reader:start()
local ok, err = pcall(reader.join, reader)
assert(not ok and err:is(mp.DeadlockError), tostring(err))
assert(err.message:find(", in the middle of a message for MainProcess", 1, true),
  err.message)

-- That was a look ahead: the reader itself still waits, as long as it takes.
mp.sleep(0.6)
assert(reader:is_alive())

os.execute("kill -CONT " .. writer.pid)
assert(r:recv_bytes() == text)
reader:join()
writer:join()
assert(reader.exitcode == 0)
print "ok"
