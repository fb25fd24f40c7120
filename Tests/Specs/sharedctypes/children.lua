-- Children share values and arrays that came as arguments, as upvalues and as globals, and theirs
-- outlive the parent's handles.
local mp = require "multiprocessing"

local v, a, text = mp.Value("i", 1), mp.Array("d", {1, 2, 3}), mp.Array("c", 20, {lock = false})
shared_counter = mp.Value("q") -- luacheck: ignore 111
local function run(target, ...)
  local p = mp.Process{target = target, args = {...}}
  p:start()
  p:join()
  assert(p.exitcode == 0)
end
run(function(value, array, slice)
  value.value = value.value + 1
  array[2] = 20
  slice[1] = 30
  text.value = "from the child"
  shared_counter:add(5) -- luacheck: ignore 113
  assert(value == v and array == a and value:get_lock() == v:get_lock())
end, v, a, a:slice(3))
assert(v.value == 2 and a[2] == 20 and a[3] == 30 and text.value == "from the child")
assert(shared_counter.value == 5) -- luacheck: ignore 113

-- Python's example.
local num, arr = mp.Value("d", 0.0), mp.Array("i", mp.range(10))
run(function(n, list)
  n.value = 3.1415927
  for i = 1, #list do list[i] = -list[i] end
end, num, arr)
assert(num.value == 3.1415927 and table.concat(arr:get(), " ") == "0 -1 -2 -3 -4 -5 -6 -7 -8 -9")

-- The child goes on when the parent has dropped and collected its own, and gives it back last.
local here, there = mp.Pipe()
local child
do
  local dropped = mp.Array("q", 10000)
  dropped:fill(3)
  child = mp.Process{target = function(conn)
    conn:recv()
    conn:send(dropped:sum())
    dropped = nil
    collectgarbage()
    conn:send(select(2, pcall(function() return dropped[1] end)) ~= nil)
  end, args = {there}}
  child:start()
end
collectgarbage()
collectgarbage()
local other = mp.RawArray("q", 10000)
other:fill(-1)
here:send "go"
assert(here:recv() == 30000 and here:recv() == true)
child:join()

-- A grandchild uses what its grandparent made.
run(function()
  local p = mp.Process{target = function() v:add(40) end}
  p:start()
  p:join()
end)
assert(v.value == 42)
print "ok"
