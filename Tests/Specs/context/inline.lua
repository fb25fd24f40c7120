-- fork only: it uses the context.
-- The context `inline`: the target runs in the process that starts it, at once.
local mp = require "multiprocessing"
local ctx = mp.get_context "inline"

local q, seen = ctx.Queue(), {}
local p = ctx.Process{target = function(a, b, kwargs)
  seen[#seen + 1] = mp.current_process().name
  assert(mp.current_process():is_alive() and mp.getpid() == mp.current_process().pid)
  q:put(a + b + kwargs.c)
end, args = {1, 2}, kwargs = {c = 3}}
assert(p.exitcode == nil and p.pid == nil and not p:is_alive() and p.name == "InlineProcess-1")
p:start()
assert(q:get_nowait() == 6 and seen[1] == "InlineProcess-1")
assert(p.exitcode == 0 and p.pid == mp.getpid() and not p:is_alive() and #mp.active_children() == 0)
p:join()
p:join(1)
p:terminate()
assert(tostring(p):find("stopped exitcode=0"), tostring(p))
assert(mp.current_process().name == "MainProcess" and mp.wait({p.sentinel}, 0)[1] == p.sentinel)
local ok, err = pcall(p.start, p)
assert(not ok and err.message == "cannot start a process twice")
p:close()
assert(not pcall(p.join, p))

-- Exit codes.
p = ctx.Process{target = function() os.exit(7) end}
p:start()
assert(p.exitcode == 7)
p = ctx.Process{target = function() os.exit(true) end}
p:start()
assert(p.exitcode == 0)

-- Caught, it says nothing of an error that comes later; a child that is a copy ends by its own.
p = ctx.Process{target = function()
  pcall(os.exit, 7)
  error "later"
end}
p:start()
assert(p.exitcode == 1)
p = ctx.Process{target = function()
  local child = mp.get_context "fork".Process{target = function() os.exit(5) end}
  child:start()
  child:join()
  os.exit(child.exitcode + 1)
end}
p:start()
assert(p.exitcode == 6)

-- Processes in it are named after it.
p = ctx.Process{target = function()
  local inner = ctx.Process{target = function() seen[#seen + 1] = mp.current_process().name end}
  inner:start()
  seen[#seen + 1] = mp.current_process().name
end}
p:start()
assert(seen[2] == p.name .. ":1" and seen[3] == p.name)

-- A class, and what upvalues it changes.
local Worker = ctx.Process:extend "Worker"
local count = 0
function Worker:run() count = count + self.step end -- luacheck: ignore 432
local worker = Worker()
worker.step = 4
worker:start()
assert(count == 4 and worker.exitcode == 0)

-- An error is printed as a child's.
local pipe <close> = assert(io.popen(arg[-1] .. [[ -e 'local mp = require "multiprocessing"
  mp.set_start_method "inline"
  local p = mp.Process{target = function() error "bad" end}
  p:start()
  print(p.exitcode, p.name)' 2>&1]]))
local text = pipe:read "a"
assert(text:find("Process Process-1:\n(command line):3: bad\nstack traceback:", 1, true), text)
assert(text:find "1\tProcess%-1\n$", text)
print "ok"
