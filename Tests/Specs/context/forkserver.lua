-- fork only: it uses the context.
-- The fork server: what it loads, that it outlives nobody, and that its death stops nothing.
local mp = require "multiprocessing"
package.path = "./context/lib/?.lua;" .. package.path
local ctx = mp.get_context "forkserver"

local function command(line)
  local pipe <close> = assert(io.popen(line))
  return pipe:read "a"
end
-- The server is the system's parent of what it starts.
local q = mp.Queue()
local function parent_of(pid) return tonumber(command("ps -o ppid= -p " .. pid)) end
local function start(target, options)
  options = options or {}
  options.target = target
  local p = ctx.Process(options)
  p:start()
  return p
end

-- Chosen after the context was asked for, but before the first start.
mp.set_forkserver_preload{"spec_context_module", "no_such_module"}
local event = mp.Event()
local p = start(function()
  q:put(package.loaded.spec_context_module ~= nil)
  event:wait()
end)
assert(q:get() == true)
local server = parent_of(p.pid)
assert(server ~= mp.getpid() and server > 1)
assert(p.sentinel and #mp.wait({p.sentinel, p}, {timeout = 0}) == 0)
event:set()
assert(#mp.wait{p.sentinel} == 1 and p.exitcode == 0)
p:join()

-- Exit codes and signals come through the server.
for code, target in pairs{
  [0] = function() end, [3] = function() os.exit(3) end,
  [-9] = function() os.execute("kill -9 " .. mp.getpid()) end,
} do
  p = start(target)
  p:join()
  assert(p.exitcode == code, p.exitcode)
end
p = start(function() while true do mp.sleep(1000) end end)
p:terminate()
p:join()
assert(p.exitcode == -15 and not p:is_alive())
p:close()

-- A child asks the same server.
event:clear()
p = start(function()
  local inner = start(function() event:wait() end)
  q:put(parent_of(inner.pid))
  event:set()
  inner:join()
  assert(inner.exitcode == 0)
end)
assert(q:get() == server)
p:join()
assert(p.exitcode == 0)
event:clear()

-- Who is killed leaves no daemon of its own, and the others live.
local up = mp.Queue()
p = start(function()
  local daemon = start(function() while true do mp.sleep(1000) end end, {daemon = true})
  up:put(daemon.pid)
  while true do mp.sleep(1000) end
end)
local daemon = up:get()
local lasting = start(function() event:wait() end)
p:kill()
p:join()
while command("ps -o stat= -p " .. daemon):find "^[^Z]" do mp.sleep(0.005) end

-- The server is killed: what it started goes on, its code is not known, and there is a new server.
local orphan = start(function()
  event:wait()
  q:put "done"
end)
os.execute("kill -9 " .. server)
p = start(function() q:put(1) event:wait() end)
assert(q:get() == 1)
assert(parent_of(p.pid) ~= server)
assert(orphan:is_alive() and orphan.exitcode == nil)
event:set()
p:join()
assert(p.exitcode == 0 and q:get() == "done")
orphan:join()
lasting:join()
assert(orphan.exitcode == 255 and lasting.exitcode == 255)

-- A module that it must load.
local function run(code)
  return command(arg[-1] .. " -e '" .. code .. "' 2>&1")
end
local text = run [[
  local mp = require "multiprocessing"
  mp.set_forkserver_preload({"no_such_module"}, {on_error = "fail"})
  local p = mp.get_context "forkserver".Process{target = print}
  print(pcall(p.start, p))]]
assert(text:find("module 'no_such_module' not found", 1, true), text)
assert(text:find("false\tRuntimeError: the fork server ended with exit code 1", 1, true), text)
text = run [[
  local mp = require "multiprocessing"
  mp.set_forkserver_preload({"no_such_module"}, {on_error = "warn"})
  local p = mp.get_context "forkserver".Process{target = print, args = {"fine"}}
  p:start() p:join()]]
assert(text:find("the fork server cannot load 'no_such_module'", 1, true) and text:find "fine", text)

-- It ends with the program, even a killed one.
text = run [[
  local mp = require "multiprocessing"
  local p = mp.get_context "forkserver".Process{target = function() end}
  p:start() p:join()
  os.execute("ps -o ppid= -p " .. p.pid .. "; pgrep -P " .. mp.getpid() .. " -f multiprocessing-fork")
  io.stdout:flush()
  os.execute("kill -9 " .. mp.getpid())]]
local pid = assert(text:match "(%d+)", text)
while command("ps -o stat= -p " .. pid):find "^[^Z]" do mp.sleep(0.005) end
print "ok"
