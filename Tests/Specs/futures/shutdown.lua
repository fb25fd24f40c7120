-- shutdown: waits or not, cancels or not; the scope's end; the program's end.
local mp = require "multiprocessing"
local futures = mp.futures

local function fails(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class), tostring(err))
  assert(err.message:find(text, 1, true), err.message)
end

-- It waits for all that was submitted, and can be repeated.
local executor = mp.ProcessPoolExecutor(2)
local q = mp.Queue()
local fs = {}
for i = 1, 10 do fs[i] = executor:submit(function() q:put(i) end) end
executor:shutdown()
assert(q:qsize() == 10)
for _, future in ipairs(fs) do assert(future:done()) end
executor:shutdown()
executor:shutdown{wait = true, cancel_futures = true}
fails(mp.RuntimeError, "cannot schedule new futures after shutdown", executor.submit, executor, print)
fails(mp.RuntimeError, "cannot schedule new futures after shutdown", executor.map, executor, print,
  {1})

-- Without waiting the tasks are done all the same.
executor = mp.ProcessPoolExecutor(1)
local gate = mp.Event()
fs = {}
for i = 1, 3 do
  fs[i] = executor:submit(function()
    gate:wait()
    return i
  end)
end
executor:shutdown(false)
assert(not fs[1]:done())
gate:set()
assert(fs[3]:result() == 3 and fs[1]:result() == 1)

-- Those that no worker has taken are cancelled, the others run to their end.
executor = mp.ProcessPoolExecutor(1)
gate = mp.Event()
fs = {}
for i = 1, 5 do
  fs[i] = executor:submit(function()
    gate:wait()
    return i
  end)
end
while not fs[1]:running() do mp.sleep(0.001) end
executor:shutdown(false, {cancel_futures = true})
gate:set()
assert(fs[1]:result() == 1)
for i = 2, 5 do assert(fs[i]:cancelled(), i) end
fails(futures.CancelledError, "", fs[2].result, fs[2])
executor:shutdown()

-- What was submitted to idle workers counts as begun, whether they have taken it yet or not.
executor = mp.ProcessPoolExecutor(2)
fs = {}
for i = 1, 6 do fs[i] = executor:submit(function() return i end) end
executor:shutdown{cancel_futures = true}
assert(fs[1]:result() == 1 and fs[2]:result() == 2)
for i = 3, 6 do assert(fs[i]:cancelled() or fs[i]:result() == i) end

-- Never used: there is nothing to wait for.
do
  local unused <close> = mp.ProcessPoolExecutor()
  assert(tostring(unused):find "^<ProcessPoolExecutor max_workers=%d+>$", tostring(unused))
end

-- A scope left by an error waits too, as Python's.
q = mp.Queue()
pcall(function()
  local scoped <close> = mp.ProcessPoolExecutor(1)
  scoped:submit(function() q:put(1) end)
  error "x"
end)
assert(q:qsize() == 1)

-- Workers ended at once: what they had fails, what they had not is cancelled.
for _, method in ipairs{"terminate_workers", "kill_workers"} do
  executor = mp.ProcessPoolExecutor(1)
  gate = mp.Event()
  fs = {}
  for i = 1, 3 do fs[i] = executor:submit(function() gate:wait() end) end
  while not fs[1]:running() do mp.sleep(0.001) end
  executor[method](executor)
  futures.wait(fs)
  assert(fs[1]:exception():is(mp.BrokenProcessPool), tostring(fs[1]:exception()))
  assert(fs[2]:cancelled() and fs[3]:cancelled())
  fails(mp.RuntimeError, "after shutdown", executor.submit, executor, print)
  executor[method](executor)
  executor:shutdown()
end

-- The end of the program waits for all work, of an executor that nobody holds any more too.
local name = os.tmpname()
local file = assert(io.open(name, "w"))
file:write [[
local mp = require "multiprocessing"
do
  local executor = mp.ProcessPoolExecutor(2)
  for i = 1, 4 do
    executor:submit(function()
      mp.sleep(0.05)
      print(i)
    end)
  end
end
collectgarbage()
collectgarbage()
if arg[1] then error "uncaught" end
]]
file:close()
for _, argument in ipairs{"", "x"} do
  local output = assert(io.popen(("'%s' %s %s 2>/dev/null"):format(arg[-1], name, argument)))
  local lines = {}
  for line in output:lines() do lines[#lines + 1] = line end
  output:close()
  table.sort(lines)
  assert(table.concat(lines) == "1234", table.concat(lines))
end
os.remove(name)
assert(#mp.active_children() == 0)
print "ok"
