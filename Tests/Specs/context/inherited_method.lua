-- A process starts others as it was started: by the method of its context, else by the program's.
local mp = require "multiprocessing"
local default = mp.get_start_method()
local q = mp.Queue()

-- What a child of its own is, too.
local function tell()
  local inner = mp.Process{target = function() q:put{mp.get_start_method(), __name__} end}
  inner:start()
  inner:join()
  q:put(mp.get_start_method())
end
local function started(Process)
  local p = Process{target = tell}
  p:start()
  p:join()
  assert(p.exitcode == 0)
  local inner = q:get()
  return q:get(), inner[1], inner[2]
end
local function expect(method, own, inner, name)
  assert(own == method and inner == method, own .. " " .. inner)
  assert((name == "__main__") == (method == "fork"), name)
end
for _, method in ipairs(mp.get_all_start_methods()) do
  expect(method, started(mp.get_context(method).Process))
  local Worker = mp.get_context(method).Process:extend("Worker")
  expect(method, started(Worker))
  local pool <close> = mp.get_context(method).Pool(1)
  assert(pool:apply(mp.get_start_method) == method)
end
expect(default, started(mp.Process))
assert(mp.get_start_method() == default)
print "ok"
