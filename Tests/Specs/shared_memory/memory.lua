-- A block of shared memory: its names, sizes and bytes.
local mp = require "multiprocessing"
local shared_memory = require "multiprocessing.shared_memory"
assert(mp.shared_memory == shared_memory)
local SharedMemory = shared_memory.SharedMemory

local function exists(name)
  local file = io.open("/dev/shm/" .. name)
  if file then file:close() end
  return file ~= nil
end

local shm = SharedMemory{create = true, size = 10}
assert(shm.name:match "^psm_%x%x%x%x%x%x%x%x$" and shm.size == 10 and exists(shm.name))
assert(tostring(shm) == ("SharedMemory('%s', size=10)"):format(shm.name))
assert(shm.nothing == nil)
local buf = shm.buf
assert(#buf == 10 and buf == shm.buf and tostring(buf):match "^<memory at 0x%x+>$")

-- Bytes count from 1 or from the end; outside there is nothing.
assert(buf:get() == ("\0"):rep(10))
buf[1], buf[-1] = 65, 255
assert(buf[1] == 65 and buf[10] == 255 and buf[-10] == 65)
assert(buf[0] == nil and buf[11] == nil and buf[-11] == nil and buf[1.5] == nil and buf.x == nil)
buf:set(2, "hello\0x")
assert(buf:get(2, 6) == "hello" and buf:get(7) == "\0x\0\255")
buf:set(-2, "yz")
assert(buf:get(-2) == "yz")
buf:set(11, "")
buf:fill(46, 3, 5)
buf:fill(33, -1)
assert(buf:get() == "Ah...o\0xy!")
local text = buf:get()
for i = -12, 12 do
  for j = -12, 12 do assert(buf:get(i, j) == text:sub(i, j)) end
  assert(buf:get(i) == text:sub(i))
end
assert(buf:get(math.mininteger, math.maxinteger) == text)
assert(buf:get(math.maxinteger, math.mininteger) == "")
local count = 0
for i, byte in ipairs(buf) do
  assert(byte == text:byte(i))
  count = count + 1
end
assert(count == 10)

-- The same block once more: the same bytes, equal, and a close of its own.
local other = SharedMemory(shm.name)
assert(other == shm and other.size == 10 and other.buf[1] == 65)
other.buf[1] = 66
assert(buf[1] == 66)
other:close()
assert(buf[1] == 66)
local again = SharedMemory{name = shm.name, create = false, size = 4, track = false}
assert(again.size == 10)

-- Closed: every access is an error; the name stays, and unlink works.
shm:close()
shm:close()
local function refuses(f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(mp.ValueError), tostring(err))
  assert(err.message == "operation forbidden on a released memoryview: the shared memory is closed")
end
refuses(function() return buf[1] end)
refuses(function() buf[1] = 1 end)
refuses(function() return #buf end)
refuses(buf.get, buf)
refuses(buf.set, buf, 1, "x")
refuses(buf.fill, buf, 0)
assert(tostring(buf) == "<released memory>" and shm.size == 10 and shm.buf == buf)
assert(exists(shm.name))
shm:unlink()
assert(not exists(shm.name) and again.buf[1] == 66)
local ok, err = pcall(again.unlink, again)
assert(not ok and err:is(mp.FileNotFoundError) and err.errno == 2)
assert(err.message == ("[Errno 2] No such file or directory: '/%s'"):format(again.name))

-- A name of one's own; Python strips nothing from it.
local name = "mplua test " .. mp.getpid()
do
  local named <close> = SharedMemory("/" .. name, true, 1 << 20)
  assert(named.name == "/" .. name and named.size == 1 << 20 and exists(name))
  buf = named.buf
  named:unlink()
end
refuses(function() return buf[1] end)

-- Slashes in front do not count for the file, however many.
do
  local named <close> = SharedMemory(("/"):rep(1000) .. name, true, 1)
  assert(#named.name == #name + 1000 and exists(name) and SharedMemory(name) == named)
  named:unlink()
  assert(not exists(name))
end

-- A view keeps the memory; when nothing holds it any more, it is unmapped.
local function maps()
  local n = 0
  for line in io.lines "/proc/self/maps" do
    if line:find("/dev/shm/", 1, true) then n = n + 1 end
  end
  return n
end
again:close()
again, other, shm, buf = nil, nil, nil, nil
collectgarbage()
collectgarbage()
local before = maps()
local view
do
  local memory = SharedMemory{create = true, size = 100000}
  memory:unlink()
  view = memory.buf
end
collectgarbage()
collectgarbage()
view[100000] = 7
assert(view[-1] == 7 and maps() == before + 1)
view = nil
collectgarbage()
collectgarbage()
assert(view == nil and maps() == before)

-- A name that went to another block: unlink does not take that one away.
local first = SharedMemory(name, true, 1)
assert(os.remove("/dev/shm/" .. name))
local second = SharedMemory(name, true, 2)
ok, err = pcall(first.unlink, first)
assert(not ok and err:is(mp.FileNotFoundError) and exists(name) and first ~= second)
second:unlink()
print "ok"
