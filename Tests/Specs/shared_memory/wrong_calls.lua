-- Wrong calls of shared memory say what is wrong.
local mp = require "multiprocessing"
local shared_memory = mp.shared_memory
local SharedMemory, ShareableList = shared_memory.SharedMemory, shared_memory.ShareableList

local function says(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(mp[class]), tostring(err))
  assert(err.message:find(text, 1, true), err.message)
end

local name = "mplua_wrong_" .. mp.getpid()
says("ValueError", "'size' must be a positive number different from zero",
  SharedMemory, {create = true})
says("ValueError", "'size' must be a positive integer", SharedMemory, {create = true, size = -1})
says("ValueError", "'size' must be a positive integer", SharedMemory, {name = name, size = -1})
says("ValueError", "'name' can only be None if create=True", SharedMemory)
says("ValueError", "embedded null character", SharedMemory, "a\0b")
says("ValueError", "name must be UTF-8", SharedMemory, "\xff")
says("TypeError", "name must be a string, got number; write SharedMemory{create = true, size = n}",
  SharedMemory, 100)
says("TypeError", "size must be an integer, got string",
  SharedMemory, {create = true, size = "1"})
says("TypeError", "create must be a boolean, got number", SharedMemory, name, 1)
says("TypeError", "unexpected keyword argument 'sice'; it takes name, create, size, track",
  SharedMemory, {create = true, sice = 1})
says("TypeError", "with a dot", function() shared_memory:SharedMemory{create = true, size = 1} end)
says("TypeError", "with a dot", function() shared_memory:ShareableList{1} end)
for _, wrong in ipairs{"", "/", "a/b", ".", "..", ("x"):rep(256), ("x"):rep(5000)} do
  says("OSError", "[Errno 22] Invalid argument: '/" .. wrong .. "'", SharedMemory, wrong)
  says("OSError", "[Errno 22] Invalid argument", SharedMemory, wrong, true, 1)
end
says("FileNotFoundError", "[Errno 2] No such file or directory: '/" .. name .. "'",
  SharedMemory, name)
says("OSError", "Errno 12", SharedMemory, {create = true, size = 1 << 50})
says("OSError", "Errno", SharedMemory, {create = true, size = math.maxinteger})

local shm = SharedMemory(name, true, 10)
says("FileExistsError", "[Errno 17] File exists: '/" .. name .. "'", SharedMemory, name, true, 10)
says("TypeError", "call it as shm:close()", function() shm.close() end)
says("TypeError", "call it as shm:unlink()", function() shm.unlink() end)
says("AttributeError", "'SharedMemory' object has no attribute 'size' to set",
  function() shm.size = 5 end)
local buf = shm.buf
says("TypeError", "call it as buf:get()", function() buf.get(1, 2) end)
says("IndexError", "index out of bounds: position 11 of 10 bytes", function() buf[11] = 1 end)
says("IndexError", "position 0 of", function() buf[0] = 1 end)
says("IndexError", "4 bytes from position 8 on, of 10", buf.set, buf, 8, "abcd")
says("IndexError", "position 12 of", buf.set, buf, 12, "")
says("ValueError", "a byte must be an integer from 0 to 255, got 256", function() buf[1] = 256 end)
says("ValueError", "got -1", function() buf[1] = -1 end)
says("TypeError", "got number", function() buf[1] = 1.5 end)
says("TypeError", "got string; buf:set(1, s) writes a string", function() buf[1] = "a" end)
says("TypeError", "got nil", function() buf[1] = nil end)
says("AttributeError", "no attribute 'x' to set", function() buf.x = 1 end)
says("TypeError", "s must be a string, got number; buf[i] = n writes one byte", buf.set, buf, 1, 65)
says("TypeError", "write buf:set(1, s)", buf.set, buf, "abc", 1)
says("TypeError", "missing 1 required argument: 's'", buf.set, buf, 1)
says("TypeError", "missing 1 required argument: 'byte'", buf.fill, buf)
says("TypeError", "a byte must be an integer", buf.fill, buf, "x")
assert(buf:get() == ("\0"):rep(10))

says("TypeError", "sequence must be a list, got number; write ShareableList{5}", ShareableList, 5)
says("TypeError", "sequence must be a list", ShareableList, {x = 1})
says("TypeError", "sequence[2] must be nil, a boolean, a number or a string, got table",
  ShareableList, {1, {}})
says("TypeError", "sequence[1] must be nil, a boolean, a number or a string, got function",
  ShareableList, {print})
says("TypeError", "got multiple values", ShareableList, {1}, {sequence = {2}})
says("FileNotFoundError", "No such file", ShareableList, {name = name .. "x"})
says("FileExistsError", "File exists", ShareableList, {1}, {name = name})
says("ValueError", "holds no ShareableList", ShareableList, {name = name})
says("ValueError", "less than 10000000 bytes", ShareableList, {("x"):rep(10000000)})
local list = ShareableList{1, "abc"}
says("IndexError", "assignment index out of range", function() list[3] = 1 end)
says("ValueError", "bytes/str item exceeds available storage", function() list[2] = "123456789" end)
says("TypeError", "the value must be nil, a boolean", function() list[1] = {} end)
says("AttributeError", "no attribute 'name'", function() list.name = "x" end)
says("ValueError", '"x" not in this container', list.index, list, "x")
says("TypeError", "missing 1 required argument: 'value'", list.count, list)
says("TypeError", "call it as list:count()", function() list.count(1) end)
says("TypeError", "string expected", shared_memory.bytes, 5)
list.shm:unlink()
list.shm:close()
says("ValueError", "is closed", function() return list[1] end)
says("ValueError", "is closed", function() list[1] = 1 end)
says("ValueError", "is closed", function() return #list end)

-- What a block holds by chance or malice is no list, and never a crash.
buf:fill(255)
says("ValueError", "holds no ShareableList", ShareableList, {name = name})
local whole = ShareableList{1, "abc", nil, 2.5}
local victim = whole.shm.buf
local good = victim:get()
for i = 1, #victim do
  for _, byte in ipairs{0, 1, 127, 128, 255} do
    victim[i] = byte
    local ok, err = pcall(function()
      local again = ShareableList{name = whole.shm.name}
      for j = -2, 6 do local _ = again[j] end
      local _, _ = tostring(again), again.format
      again[2] = "12345678"
      again[1] = 5
    end)
    assert(ok or err:is(mp.ValueError) or err:is(mp.IndexError), tostring(err))
    victim:set(1, good)
  end
end
whole.shm:unlink()
shm:unlink()
print "ok"
