-- Thousands of blocks cost no descriptor; made and unlinked, they leave nothing.
local mp = require "multiprocessing"
local SharedMemory = mp.shared_memory.SharedMemory

-- By way of a file: a pipe to `ls` would have one end more for a moment.
local function descriptors()
  local name = os.tmpname()
  os.execute(("ls /proc/%d/fd >%s"):format(mp.getpid(), name))
  local count = 0
  for _ in io.lines(name) do count = count + 1 end
  os.remove(name)
  return count
end

local before = descriptors()
local blocks = {}
for i = 1, 500 do
  blocks[i] = SharedMemory{create = true, size = i}
  blocks[i].buf[i] = i % 256
end
assert(descriptors() == before)
for i, block in ipairs(blocks) do
  assert(block.buf[i] == i % 256)
  block:unlink()
end
blocks = nil
collectgarbage()
collectgarbage()
for _ = 1, 1000 do
  local block <close> = SharedMemory{create = true, size = 5000}
  block:unlink()
end
-- Others unlink them: the record of what is ours does not grow for ever.
local record
for _ = 1, 1500 do
  local block <close> = SharedMemory{create = true, size = 1}
  assert(os.remove("/dev/shm/" .. block.name))
end
for name in io.popen "ls /dev/shm":lines() do
  local file = name:match "^mplua_%x+$" and io.open("/dev/shm/" .. name)
  if file then
    record = math.max(record or 0, file:seek "end")
    file:close()
  end
end
assert(record <= 600 * 512, record)
-- Names that only look free, after their slots were given to others.
local function make_and_unlink(count)
  local kept = {}
  for i = 1, count do kept[i] = SharedMemory{create = true, size = 1} end
  for i = 1, count do kept[i]:unlink() end
end
make_and_unlink(200)
make_and_unlink(0)
collectgarbage()
collectgarbage()
assert(descriptors() == before and blocks == nil)
for line in io.lines "/proc/self/maps" do assert(not line:find("psm_", 1, true), line) end
print "ok"
