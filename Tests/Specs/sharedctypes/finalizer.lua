-- A finalizer that runs after an array was collected gets an error, never another object's memory.
local mp = require "multiprocessing"
local told = {}

local function object(make)
  -- Older than the array, so finalized after it.
  local watcher = setmetatable({}, {__gc = function(self)
    local read, err = pcall(function() return self.array[1] end)
    local wrote = pcall(function() self.array[1] = 5 end)
    told[#told + 1] = not read and not wrote and err:is(mp.ValueError)
      and err.message:find("was collected already", 1, true) ~= nil
  end})
  watcher.array = make()
end
object(function() return mp.Array("i", 1000) end)
object(function() return mp.RawArray("i", 1000):slice(5) end)
object(function() return mp.Array("i", 1000):slice(5):get_obj() end)
for _ = 1, 3 do collectgarbage() end
assert(#told == 3 and told[1] and told[2] and told[3])

-- A younger one still finds it whole.
local sum
do
  local a = mp.Array("i", {1, 2, 3})
  setmetatable({}, {__gc = function() sum = a:sum() end})
end
for _ = 1, 3 do collectgarbage() end
assert(sum == 6)
print "ok"
