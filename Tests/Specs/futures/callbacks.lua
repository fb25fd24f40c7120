-- add_done_callback: called in the process that made the executor, in its blocking calls.
local mp = require "multiprocessing"
local futures = mp.futures
local pid = mp.getpid()

local executor <close> = mp.ProcessPoolExecutor(2)
local seen = {}
local function note(future)
  assert(mp.getpid() == pid and future:done())
  seen[#seen + 1] = future
end
local future = executor:submit(function(x) return x + 1 end, 4)
future:add_done_callback(note)
assert(future:result() == 5 and #seen == 1 and seen[1] == future)
-- At once when it is done.
future:add_done_callback(note)
assert(#seen == 2)

-- Any blocking call will do.
future = executor:submit(function() return 1 end)
future:add_done_callback(note)
while #seen < 3 do mp.sleep(0.01) end
assert(seen[3] == future)
-- done() does not block, and yet it finds out.
future = executor:submit(function() return 1 end)
future:add_done_callback(note)
repeat until future:done()
assert(seen[4] == future)

-- A callback may submit, wait and shut down.
local last
future = executor:submit(function() return 10 end)
future:add_done_callback(function(f)
  last = executor:submit(function(x) return x * 2 end, f:result())
  assert(last:result() == 20)
end)
futures.wait{future}
assert(last:done())
do
  local inner = mp.ProcessPoolExecutor(1)
  future = inner:submit(function() return 1 end)
  future:add_done_callback(function() inner:shutdown(false) end)
  assert(future:result() == 1)
  assert(not pcall(inner.submit, inner, print))
end

-- Its error is told on stderr and hurts nobody.
local script = [[
local mp = require "multiprocessing"
local executor <close> = mp.ProcessPoolExecutor(1)
local future = executor:submit(function() return 7 end)
future:add_done_callback(function() error "in the callback" end)
future:add_done_callback(function() print "second" end)
print(future:result())
]]
local name = os.tmpname()
local file = assert(io.open(name, "w"))
file:write(script)
file:close()
local output = assert(io.popen(("'%s' %s 2>&1"):format(arg[-1], name)))
local text = output:read "a"
assert(output:close())
os.remove(name)
assert(text:find "exception calling callback for <Future at 0x%x+ state=finished returned number>")
assert(text:find("in the callback", 1, true) and text:find "stack traceback:", text)
assert(text:find "second\n7\n$", text)
print "ok"
