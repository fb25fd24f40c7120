-- What a process that has not started answers.
local mp = require "multiprocessing"

local function refuses(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and err.message == text, tostring(err))
end

local p = mp.Process{target = print}
assert(p.pid == nil and p.ident == nil and p.exitcode == nil and p.daemon == false)
assert(p:is_alive() == false)
refuses(mp.AssertionError, "can only join a started process", p.join, p)
for _, name in ipairs{"terminate", "kill", "interrupt"} do
  refuses(mp.AssertionError, "can only signal a started process", p[name], p)
end
refuses(mp.ValueError, "process not started", function() return p.sentinel end)
p:close()
print("ok")
