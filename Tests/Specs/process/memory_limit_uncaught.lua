-- A child that does not catch "not enough memory" reports it and ends with exit code 1.
local mp = require "multiprocessing"

local exe = "/proc/" .. mp.getpid() .. "/exe"
local function run(body)
  local file = io.popen(([[%s -e '
    local mp = require "multiprocessing"
    local q = mp.Queue()
    local p = mp.Process{name = "small", memory_limit = 4 << 20, target = function() %s end}
    p:start()
    p:join()
    print(p.exitcode, q:empty())' 2>&1]]):format(exe, body))
  local text = file:read "a"
  assert(file:close())
  return text
end
local plain = "Process small:\nnot enough memory\n1\ttrue\n"
assert(run '("x"):rep(1 << 30)' == plain)
assert(run "local t = {} while true do t = {t} end" == plain)
assert(run "local s = (\"x\"):rep(3 << 20) q:put(s) s = {s, q:get()}":find("not enough memory", 1, true))
assert(run 'coroutine.wrap(function() return ("x"):rep(1 << 30) end)()':find("not enough memory", 1, true))
-- The finalizers and the closing of variables still run.
assert(run [[
  local v <close> = setmetatable({}, {__close = function(_, err) q:put(err) print(q:get()) end})
  string.rep("x", 1 << 30)]] == "not enough memory\n" .. plain)
print "ok"
