-- ShareableList: values of every kind, changed in place.
local mp = require "multiprocessing"
local shared_memory = mp.shared_memory
local ShareableList = shared_memory.ShareableList

local list = ShareableList({1, 2.5, true, false, nil, "abc", "x\xff", "", n = 9})
assert(#list == 9)
assert(list.format == "qdxxxxxxx?xxxxxxx?xxxxxx?x8s8s8sxxxxxx?x")
assert(list[1] == 1 and math.type(list[1]) == "integer" and list[2] == 2.5)
assert(list[3] == true and list[4] == false and list[5] == nil and list[6] == "abc")
assert(list[7] == "x\xff" and list[8] == "" and list[9] == nil and list[10] == nil)
assert(list[-1] == nil and list[-4] == "abc" and list[0] == nil and list.nothing == nil)
assert(tostring(list) == 'ShareableList({1, 2.5, true, false, nil, "abc", "x\xff", "", nil}, '
  .. "name='" .. list.shm.name .. "')")
local seen = {}
for i, v in pairs(list) do seen[#seen + 1] = i .. "=" .. mp.repr(v) end
assert(#seen == 9 and seen[5] == "5=nil" and seen[6] == '6="abc"')
seen = 0
for _ in ipairs(list) do seen = seen + 1 end
assert(seen == 4)

-- The type may change; a string may use all the room of its place.
list[1] = math.mininteger
list[2] = math.maxinteger
list[3] = "12345678"
list[5] = -0.0
list[6] = nil
assert(list[1] == math.mininteger and list[2] == math.maxinteger and list[3] == "12345678")
assert(1 / list[5] == -math.huge and list[6] == nil)
assert(list.format == "qq8sxxxxxxx?dxxxxxx?x8s8sxxxxxx?x")
list[6] = "back"
list[4] = 0 / 0
assert(list[6] == "back" and list[4] ~= list[4])
list[-9] = true
assert(list[1] == true)
-- Zero bytes at the end are lost, as in Python.
list[6] = "a\0b\0\0"
assert(list[6] == "a\0b")

assert(list:count("back") == 0 and list:count(nil) == 1 and list:index("12345678") == 3)
assert(list:index(nil) == 9)
assert(list:count(shared_memory.bytes "x\xff") == 1)
local equal = ShareableList{1, 1.0, "1", true, 1}
assert(equal:count(1) == 3 and equal:index(1.0) == 1 and equal:index("1") == 3)
equal.shm:unlink()

-- The same list by its name; an empty one; ranges.
local again <close> = ShareableList{name = list.shm.name}
again[1] = "new"
assert(list[1] == "new" and again.shm == list.shm)
local name = "mplua_list_" .. mp.getpid()
local empty = ShareableList({}, {name = name})
assert(#empty == 0 and empty[1] == nil and empty.shm.size == 16 and empty.format == "")
assert(#ShareableList{name = name} == 0 and empty.shm.name == name)
assert(tostring(empty) == ("ShareableList({}, name='%s')"):format(name))
empty.shm:unlink()
local numbers = ShareableList(mp.range(1000))
assert(#numbers == 1000 and numbers[1] == 0 and numbers[1000] == 999)
numbers.shm:unlink()

-- A string gets room by its bytes, so that it always fits: Python counts characters.
local text = ShareableList{"éééééééé"}
assert(text[1] == "éééééééé" and text.format == "24s")
text.shm:unlink()

-- A copy of a list: the strings keep the room that they have there.
text = ShareableList{"1234567", shared_memory.bytes "b", 5}
text[1] = "éééé"
local copy = ShareableList(text, {name = name})
assert(copy.shm.name == name and copy.format == "8s8sq" and text.format == copy.format)
copy[3] = 6
assert(copy[1] == "éééé" and copy[2] == "b" and copy[3] == 6 and text[3] == 5)
assert(not pcall(function() copy[1] = "123456789" end))
text.shm:unlink()
text.shm:close()
local ok, err = pcall(ShareableList, text)
assert(not ok and err:is(mp.ValueError) and err.message:find "is closed$", tostring(err))
copy.shm:unlink()

-- In other processes.
local p = mp.Process{target = function(l)
  assert(l[6] == "a\0b")
  l[6] = "child"
end, args = {list}}
p:start()
p:join()
assert(p.exitcode == 0 and list[6] == "child")
list.shm:unlink()
print "ok"
