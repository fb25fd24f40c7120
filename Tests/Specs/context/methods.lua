-- fork only: it sets the method itself.
-- Contexts and start methods: their functions, defaults and errors.
local mp = require "multiprocessing"

local function fails(class, message, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(mp[class]), tostring(err))
  assert(err.message:find(message, 1, true), err.message)
end

assert(mp.repr(mp.get_all_start_methods()) == '{"fork", "spawn", "forkserver"}')
assert(mp.get_start_method{allow_none = true} == nil)
mp.set_start_method "spawn"
assert(mp.get_start_method() == "spawn")
fails("RuntimeError", "context has already been set", mp.set_start_method, "fork")
mp.set_start_method("fork", true)
mp.set_start_method("spawn", {force = true})
mp.set_start_method(nil, {force = true})
assert(mp.get_start_method(true) == nil)
-- Asking for the default fixes it.
local default = mp.get_context()
assert(mp.get_start_method{allow_none = true} == "fork" and default == mp.get_context "fork")
fails("RuntimeError", "context has already been set", mp.set_start_method, "spawn")

for _, method in ipairs{"fork", "spawn", "inline"} do
  local ctx = mp.get_context(method)
  assert(ctx == mp.get_context(method) and ctx.get_context() == ctx)
  assert(ctx.get_context "fork" == default and ctx.get_start_method() == method)
  assert(ctx.Queue == mp.Queue and ctx.ValueError == mp.ValueError and ctx.shared_memory)
  fails("ValueError", "cannot set start method of concrete context", ctx.set_start_method, "fork")
  fails("ValueError", "cannot set start method of concrete context", ctx.set_start_method, method)
end
assert(tostring(mp.get_context "spawn") == "<SpawnContext>")
assert(tostring(default) == "<ForkContext>")
fails("ValueError", "cannot find context for 'thread'", mp.get_context, "thread")
fails("ValueError", "cannot find context for 'x'", mp.set_start_method, "x", true)
fails("ValueError", "cannot find context for 3", mp.get_context, 3)
fails("TypeError", "missing 1 required argument: 'method'", mp.set_start_method)
fails("TypeError", "unexpected keyword argument 'forced'; it takes method, force",
  mp.set_start_method, "fork", {forced = true})

-- A colon instead of a dot.
local ctx = mp.get_context "spawn"
fails("TypeError", "call it as ctx.Queue(), with a dot", function() ctx:Queue() end)
fails("TypeError", "call it as ctx.Lock(), with a dot", function() ctx:Lock() end)
fails("TypeError", "call it as ctx.Process{…}, not ctx:Process{…}", function() ctx:Process{} end)
fails("TypeError", "call it as ctx.get_context(), with a dot", function() ctx:get_context() end)
fails("TypeError", "call it as mp.get_context(), with a dot", function() mp:get_context() end)
fails("TypeError", "call it as mp.set_start_method(), with a dot",
  function() mp:set_start_method "fork" end)

-- What each context calls its processes.
for method, class in pairs{fork = "Fork", spawn = "Spawn", forkserver = "ForkServer", inline = "Inline"} do
  local p = mp.get_context(method).Process{name = "x"}
  assert(tostring(p):find("^<" .. class .. "Process name='x' parent="), tostring(p))
  assert(mp.get_context(method).Process().name:find("^" .. class .. "Process%-%d+$"))
end
assert(mp.Process().name:find "^Process%-%d+$")

mp.freeze_support()
mp.allow_connection_pickling()
fails("TypeError", "path must be a string, got number", mp.set_executable, 5)
fails("TypeError", "module_names must be a list of strings", mp.set_forkserver_preload, {1})
fails("TypeError", "module_names must be a list of strings", mp.set_forkserver_preload, "x")
fails("TypeError", "module_names must be a list of strings", mp.set_forkserver_preload, {a = "x"})
fails("ValueError", "on_error must be 'ignore', 'warn', or 'fail'",
  mp.set_forkserver_preload, {}, {on_error = "x"})

-- A program that is not there: nothing is started, and the process may be started later.
mp.set_executable "/nowhere/mplua"
local p = ctx.Process{target = print}
fails("FileNotFoundError", "start a process that runs '/nowhere/mplua'", p.start, p)
assert(p.pid == nil and #mp.active_children() == 0)
mp.set_executable "/proc/self/exe"
p = ctx.Process{target = function() assert(__name__ == "__mp_main__") end}
p:start()
p:join()
assert(p.exitcode == 0)
print "ok"
