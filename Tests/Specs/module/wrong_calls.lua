-- A colon instead of a dot, and a keyword misspelt, are named.
local mp = require "multiprocessing"
local function raises(text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(mp.TypeError) and tostring(err):find(text, 1, true), tostring(err))
end
for _, name in ipairs{"cpu_count", "current_process", "parent_process", "active_children", "getpid", "time"} do
  raises("call it as mp." .. name .. "(), with a dot", mp[name], mp)
  mp[name]()
end
raises("Barrier() got an unexpected keyword argument 'partys'; it takes parties, action, timeout",
  mp.Barrier, {partys = 2})
raises("Barrier() missing 1 required argument: 'parties'", mp.Barrier, {timeout = 2})
raises("positional value in a keyword table; write Barrier{parties = 2}", mp.Barrier, {2})
raises("guard() got an unexpected keyword argument 'timout'", function() mp.Lock():guard{timout = 1} end)
raises("positional value in a keyword table; write lock:guard{timeout = 1}", function() mp.Lock():guard{1} end)
raises("call it as mp.ValueError(), with a dot", function() return mp:ValueError("x") end)
raises("call it as mp.Empty(), with a dot", function() return mp:Empty() end)
print "ok"
