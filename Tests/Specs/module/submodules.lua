-- The submodules are tables of the module and modules of their own.
local connection = require "multiprocessing.connection"
local mp = require "multiprocessing"
assert(mp.connection == connection and require "multiprocessing.logging" == mp.logging)
assert(require "multiprocessing.reduction" == mp.reduction and connection.wait == mp.wait)
assert(connection.Pipe == mp.Pipe and mp.logging.log_to_stderr and mp.reduction.ForkingPickler)
assert(not pcall(require, "multiprocessing.nothing"))
for _, name in ipairs{"Process", "Queue", "JoinableQueue", "SimpleQueue", "Pipe", "Lock", "RLock",
  "wait", "range", "sleep", "time", "repr", "getpid", "current_process", "active_children"} do
  assert(mp[name], name)
end
local pickler = mp.reduction.ForkingPickler
for _, wrong in ipairs{"", "x", "\0\0", ("\x13"):rep(50), pickler.dumps({1, 2}):sub(1, -2)} do
  local ok, err = pcall(pickler.loads, wrong)
  assert(not ok and err:is(mp.SerializationError), wrong)
end
assert(not pcall(pickler.dumps) and not pcall(pickler.loads, 5))
print "ok"
