-- A child runs neither the finalizers nor the `<close>` variables of its parent, only its own.
local mp = require "multiprocessing"

local q = mp.Queue()
local function note(text) return function() q:put(text) end end
local function run(target)
  local p = mp.Process{target = target}
  p:start()
  p:join()
end

local kept = setmetatable({}, {__gc = note("parent's gc")})
do
  local held <close> = setmetatable({}, {__close = note("parent's close")})
  run(function() end)
  run(function() os.exit(0) end)
  run(function() os.exit(0, true) end)
  run(function() error(setmetatable({}, {__tostring = function() return "expected" end})) end)
  assert(q:empty() and held)
  run(function() local own <close> = setmetatable({}, {__close = note("child's close")}) end)
  assert(q:get() == "child's close" and q:empty())
end
assert(q:get() == "parent's close" and q:empty() and kept)
print("ok")
