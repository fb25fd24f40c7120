-- A large string is made in Lua's memory under the queue's lock, where the collector rests: it must
-- hear of it afterwards, in every mode, and stay stopped when the script stopped it.
local mp = require "multiprocessing"

local q = mp.Queue()
local text = ("x"):rep((1 << 20) - 1) .. "\0"

local function pass(n)
  for _ = 1, n do
    q:put(text)
    assert(q:get() == text)
  end
end

for _, mode in ipairs{"generational", "incremental"} do
  collectgarbage(mode)
  collectgarbage()
  local finalized = false
  setmetatable({}, {__gc = function() finalized = true; pass(1) end})
  pass(100)
  assert(collectgarbage("count") < 32 * 1024, mode .. ": " .. collectgarbage("count"))
  assert(finalized, mode)
end

collectgarbage()
collectgarbage("stop")
local before = collectgarbage("count")
pass(10)
assert(collectgarbage("count") - before > 10 * 1024 - 64)
assert(not collectgarbage("isrunning"))
print("ok")
