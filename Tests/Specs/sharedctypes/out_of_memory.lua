-- An array that cannot be is an OSError where it is made, and the program goes on.
local mp = require "multiprocessing"

local function refused(...)
  local ok, err = pcall(...)
  assert(not ok and err:is(mp.OSError) and err.errno == 12, tostring(err))
  assert(err.message:find("make an array of", 1, true) and err.message:find("elements of type", 1, true))
end
for _, make in ipairs{mp.Array, mp.RawArray} do
  refused(make, "d", 1 << 40)
  refused(make, "d", math.maxinteger)
  refused(make, "b", math.maxinteger)
  refused(make, "b", (1 << 35) + 1)
  refused(make, "d", mp.range(1 << 60))
end
-- As much as the whole machine has is too much.
local file <close> = assert(io.open "/proc/meminfo")
local total = tonumber(file:read "a":match "MemTotal:%s+(%d+)") * 1024
if total <= 1 << 35 then refused(mp.RawArray, "b", total) end

local a = mp.Array("d", {1, 2})
a[1] = 3
assert(a:sum() == 5)

-- Where addresses are few the shared memory is small, and says so.
local script = [[
  local mp = require "multiprocessing"
  local kept = {}
  local ok, err
  repeat
    ok, err = pcall(mp.RawArray, "d", 100000)
    kept[#kept + 1] = ok and err or nil
  until not ok
  assert(#kept > 0 and err:is(mp.OSError), tostring(err))
  kept = nil
  collectgarbage()
  collectgarbage()
  mp.RawArray("d", 100000):fill(1)
  print "fine"
]]
local out <close> = assert(io.popen(("ulimit -v 2000000; exec %s -e '%s' 2>&1"):format(arg[-1], script)))
local text = out:read "a"
assert(text == "fine\n", text)
print "ok"
