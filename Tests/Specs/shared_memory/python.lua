-- Python on the other side: it opens our block and our list, and we open its.
local mp = require "multiprocessing"
local shared_memory = mp.shared_memory

-- Python runs a script, and its output comes as lines; the arguments have no blanks.
local function python(script, ...)
  local head = [[
import sys, time
from multiprocessing import shared_memory, resource_tracker
def untrack(block):
    resource_tracker.unregister(block._name, "shared_memory")
]]
  return io.popen(("python3 - %s <<'END'\n%s%s\nEND"):format(table.concat({...}, " "), head, script))
end

local function answer(script, ...)
  local file <close> = python(script, ...)
  return file:read "a"
end

local function mplua(code)
  local exe = "/proc/" .. mp.getpid() .. "/exe"
  return os.execute(("exec %s -e '%s'"):format(exe, code))
end

-- Ours, read and written by Python.
local shm = shared_memory.SharedMemory{create = true, size = 1000}
shm.buf:set(1, "from Lua")
shm.buf[1000] = 200
assert(answer([[
block = shared_memory.SharedMemory(sys.argv[1])
untrack(block)
print(block.name == sys.argv[1], block.size, bytes(block.buf[:8]), block.buf[999])
block.buf[0:11] = b"from Python"
block.close()
]], shm.name) == "True 1000 b'from Lua' 200\n")
assert(shm.buf:get(1, 11) == "from Python" and shm.buf[1000] == 200)
assert(shared_memory.SharedMemory(shm.name).size == 1000)
shm:unlink()

-- Python's, read and written by us; neither our end nor our death takes it away.
local file = python [[
block = shared_memory.SharedMemory(create=True, size=100)
block.buf[0:11] = b"from Python"
print(block.name, flush=True)
while block.buf[99] != 1: time.sleep(0.001)
again = shared_memory.SharedMemory(block.name)
print(bytes(block.buf[:8]), again.size)
again.close()
block.close()
block.unlink()
]]
local name = file:read "l"
local theirs = shared_memory.SharedMemory(name)
assert(theirs.size == 100 and theirs.buf:get(1, 11) == "from Python")
theirs.buf:set(1, "from Lua")
local code = [[local m = require("multiprocessing").shared_memory.SharedMemory("%s"); %s]]
assert(mplua(code:format(name, "m.buf[2] = 82")))
assert(mplua(code:format(name, "os.exit(0)")))
assert(not mplua(code:format(name, 'os.execute("kill -9 $PPID")')))
assert(mplua 'require("multiprocessing")')
theirs.buf[100] = 1
assert(file:read "a" == "b'fRom Lua' 100\n")
file:close()
assert(not pcall(shared_memory.SharedMemory, name) and theirs.buf:get(1, 4) == "fRom")

-- Our list in Python.
local values = {
  0, -1, math.maxinteger, math.mininteger, 0.0, -0.0, 1.5, 1e300, 5e-324, math.huge, 0.1,
  true, false, nil, "", "text", "12345678", "čeština", "a\0b", "\xff\xfe",
  shared_memory.bytes "raw", n = 21,
}
local list = shared_memory.ShareableList(values)
assert(answer([[
l = shared_memory.ShareableList(name=sys.argv[1])
untrack(l.shm)
print(len(l))
print(list(l))
print(l.format)
for i, v in enumerate([7, 7.5, None, True, "new", b"new", -2**63, 2**63 - 1]): l[i] = v
l[17] = "ďábelsky"
l.shm.close()
]], list.shm.name) == [[
21
[0, -1, 9223372036854775807, -9223372036854775808, 0.0, -0.0, 1.5, 1e+300, 5e-324, inf, 0.1, ]]
  .. [[True, False, None, '', 'text', '12345678', 'čeština', 'a\x00b', b'\xff\xfe', b'raw']
qqqqdddddddxxxxxxx?xxxxxxx?xxxxxx?x8s8s16s16s8s8s8s
]])
assert(list[1] == 7 and list[2] == 7.5 and list[3] == nil and list[4] == true)
assert(list[5] == "new" and list[6] == "new" and list[7] == math.mininteger)
assert(list[8] == math.maxinteger and list[18] == "ďábelsky" and list[16] == "text")
list.shm:unlink()

-- Python's list here.
file = python [[
l = shared_memory.ShareableList([1, -2**63, 2.5, float("-inf"), True, False, None, "text", b"raw", "ž", ""])
print(l.shm.name, l.format, flush=True)
while l[0] == 1: time.sleep(0.001)
print(list(l), l.format)
l.shm.close()
l.shm.unlink()
]]
local format
name, format = file:read "l":match "^(%S+) (%S+)$"
theirs = shared_memory.ShareableList{name = name}
assert(#theirs == 11 and theirs.format == format)
assert(tostring(theirs) == [[ShareableList({1, math.mininteger, 2.5, -math.huge, true, false, nil, ]]
  .. ([["text", "raw", "ž", ""}, name='%s')]]):format(name))
theirs[2], theirs[3], theirs[4], theirs[5] = "str", shared_memory.bytes "byt", nil, 0.5
theirs[7], theirs[8], theirs[9], theirs[10] = "\xff", 8, "now text", "ř"
theirs[11] = math.maxinteger
theirs[1] = 0
assert(file:read "a" == [[
[0, 'str', b'byt', None, 0.5, False, b'\xff', 8, 'now text', 'ř', 9223372036854775807] ]]
  .. "q8s8sxxxxxx?xdxxxxxxx?8sq8s8sq\n")
file:close()
print "ok"
