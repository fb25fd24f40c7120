-- Exit codes are Python's.
local mp = require "multiprocessing"

local function code(target, ...)
  local p = mp.Process{target = target, args = table.pack(...)}
  p:start()
  p:join()
  return p.exitcode
end

assert(code(function() return 5 end) == 0)
for _, case in ipairs{
  {0, n = 0}, {0, nil, n = 1}, {0, true}, {1, false}, {0, 0}, {8, 8}, {0, 256}, {255, -1},
  {2, 2.0}, {7, "7"}, {3, 3, true},
} do
  local arguments = table.pack(table.unpack(case, 2, (case.n or #case - 1) + 1))
  assert(code(os.exit, table.unpack(arguments, 1, arguments.n)) == case[1], mp.repr(case))
end
assert(code(function() coroutine.wrap(os.exit)(4, true) end) == 4)
assert(code(function()
  setmetatable({}, {__gc = function() os.exit(9) end})
  collectgarbage()
end) == 9)
assert(code(function() pcall(os.exit, 6) end) == 6)
print("ok")
