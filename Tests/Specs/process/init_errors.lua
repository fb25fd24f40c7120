-- An error in `init`, and an `init` that forgets to call Process's.
local mp = require "multiprocessing"

local Bad = mp.Process:extend("Bad")
function Bad:init() error("boom") end
local ok, err = pcall(Bad)
assert(not ok and err:find("init_errors.lua:5: boom$"))

local Lazy = mp.Process:extend("Lazy")
function Lazy:init() self.x = 1 end
local lazy = Lazy()
assert(lazy.x == 1 and tostring(lazy) == "<Lazy not initialised>")
for _, name in ipairs{"start", "join", "is_alive"} do
  ok, err = pcall(lazy[name], lazy)
  assert(not ok and err:is(mp.RuntimeError) and err.message:find("mp.Process.init", 1, true))
end
assert(#mp.active_children() == 0)
print("ok")
