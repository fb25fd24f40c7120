-- Thousands of blocks cost no descriptor; made and unlinked, they leave nothing.
local mp = require "multiprocessing"
local SharedMemory = mp.shared_memory.SharedMemory

local function descriptors()
  local list = io.popen(("ls /proc/%d/fd | wc -l"):format(mp.getpid()))
  local count = list:read "n"
  list:close()
  return count
end

local before = descriptors()
local blocks = {}
for i = 1, 2000 do
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
for _ = 1, 5000 do
  local block <close> = SharedMemory{create = true, size = 5000}
  block:unlink()
end
assert(descriptors() == before and blocks == nil)
for line in io.lines "/proc/self/maps" do assert(not line:find("psm_", 1, true), line) end
print "ok"
