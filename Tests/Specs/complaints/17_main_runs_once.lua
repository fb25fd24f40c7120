-- fork only: it runs a script with each method itself.
-- Python: spawn runs the main script again in every child, and a script without a guard ends in an
-- error or in processes without end. Here it runs once, and needs no guard.
local mp = require "multiprocessing"
local runs = os.tmpname()

local script = os.tmpname()
local file = assert(io.open(script, "w"))
file:write(([[
local mp = require "multiprocessing"
local log = io.open(%q, "a")
log:write(__name__, "\n")
log:close()
mp.set_start_method(arg[1], true)
local q = mp.Queue()
for i = 1, 3 do
  local p = mp.Process{target = function(n) q:put(n * n) end, args = {i}}
  p:start()
  p:join()
  assert(p.exitcode == 0)
end
print(q:get() + q:get() + q:get())
local pool <close> = mp.Pool(2)
print(pool:apply(function() return __name__ end))
]]):format(runs))
file:close()

local i = -1
while arg[i - 1] do i = i - 1 end
for method, name in pairs{fork = "__main__", spawn = "__mp_main__", forkserver = "__mp_main__"} do
  local run = assert(io.popen(("%s %s %s"):format(arg[i], script, method)))
  local output = run:read "a"
  assert(run:close())
  assert(output == "14\n" .. name .. "\n", output)
end
for line in io.lines(runs) do assert(line == "__main__") end
local count = 0
for _ in io.lines(runs) do count = count + 1 end
assert(count == 3)
os.remove(script)
os.remove(runs)
print "ok"
