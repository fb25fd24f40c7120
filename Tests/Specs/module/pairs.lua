-- `pairs` goes over what has items by position as `ipairs` does.
local mp = require "multiprocessing"
local function list(object)
  local items = {}
  for i, item in pairs(object) do items[#items + 1] = i .. "=" .. item end
  return table.concat(items, " ")
end
local shm <close> = mp.shared_memory.SharedMemory{create = true, size = 2}
shm:unlink()
shm.buf:set(1, "ab")
assert(list(mp.range(5, 7)) == "1=5 2=6" and list(mp.range(0)) == "")
assert(list(mp.Array("i", {7, 0, -1})) == "1=7 2=0 3=-1")
assert(list(mp.RawArray("d", {0.5})) == "1=0.5")
assert(list(shm.buf) == "1=97 2=98")
print "ok"
