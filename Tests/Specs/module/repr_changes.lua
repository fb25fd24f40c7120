-- mp.repr of a table whose keys' __tostring changes it while it is shown.
local mp = require "multiprocessing"

local t = {a = 2}
local key = setmetatable({}, {__tostring = function(self)
  t[self] = nil
  for i = 1, 100 do t["f" .. i] = i end
  return "key"
end})
t[key] = 1
assert(mp.repr(t):find "a = 2")
print("ok")
