-- The errors that the help names are those that are raised.
local mp = require "multiprocessing"

local function raises(class, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok, "nothing was raised instead of " .. tostring(class))
  assert(type(err) == "table" and err:is(class), tostring(err))
  return err
end

local q = mp.Queue(1)
q:put(1)
raises(mp.Full, q.put, q, 2, false)
raises(mp.Full, q.put_nowait, q, 2)
assert(raises(mp.Full, q.put_many, q, {2, 3}, false).value == 0)
q:get()
raises(mp.SerializationError, q.put, q, io.tmpfile())
raises(mp.Empty, q.get, q, false)
raises(mp.Empty, q.get_nowait, q)
raises(mp.Empty, q.get_many, q, 2, false)
raises(mp.AssertionError, q.join_thread, q)
q:shutdown()
raises(mp.ShutDown, q.put, q, 1)
raises(mp.ShutDown, q.get, q)
local joinable = mp.JoinableQueue()
raises(mp.ValueError, joinable.task_done, joinable)

local lock, rlock = mp.Lock(), mp.RLock()
raises(mp.ValueError, lock.release, lock)
raises(mp.AssertionError, rlock.release, rlock)
local condition = mp.Condition()
raises(mp.AssertionError, condition.wait, condition)
raises(mp.AssertionError, condition.wait_for, condition, function() return false end)
raises(mp.AssertionError, condition.notify, condition)
raises(mp.AssertionError, condition.notify_all, condition)
local barrier = mp.Barrier(2)
raises(mp.BrokenBarrierError, barrier.wait, barrier, 0)

for _, wait in ipairs{
  {q.get, mp.Queue()}, {lock.acquire, lock}, {mp.Event().wait, mp.Event()},
  {joinable.join, joinable}, {condition.wait, condition},
} do
  if wait[2] == lock then lock:acquire() end
  if wait[2] == condition then condition:acquire() end
  if wait[2] == joinable then joinable:put(1) end
  raises(mp.DeadlockError, table.unpack(wait))
end

raises(mp.AssertionError, mp.Process, 1)
local p = mp.Process{target = mp.sleep, args = {60}}
raises(mp.AssertionError, p.join, p)
p:start()
raises(mp.AssertionError, p.start, p)
raises(mp.ValueError, p.close, p)
p:kill()
p:join()
p:close()
raises(mp.ValueError, p.is_alive, p)
raises(mp.TypeError, p.start, p, 1)

raises(mp.ValueError, mp.get_context, "x")
raises(mp.ValueError, mp.set_start_method, "x")
mp.get_start_method()
raises(mp.RuntimeError, mp.set_start_method, "spawn")
raises(mp.TypeError, mp.set_forkserver_preload, "x")
raises(mp.ValueError, mp.set_forkserver_preload, {}, {on_error = "x"})

local a, b = mp.Pipe()
raises(mp.SerializationError, a.send, a, io.tmpfile())
raises(mp.ValueError, a.send_bytes, a, "abc", 4)
a:send_bytes("abcd")
raises(mp.OSError, b.recv_bytes, b, 3)
a, b = mp.Pipe()
a:send_bytes("abcd")
assert(raises(mp.BufferTooShort, b.recv_bytes_into, b, mp.Array("c", 3)).value == "abcd")
b:close()
raises(mp.BrokenPipeError, a.send, a, 1)
raises(mp.OSError, b.send, b, 1)
raises(mp.EOFError, a.recv, a)

for _, kind in ipairs{"Value", "RawValue", "Array", "RawArray"} do
  raises(mp.TypeError, mp[kind], "nope", 1)
  raises(mp.OverflowError, mp[kind], "b", kind:find "Array" and {1000} or 1000)
end
local v = mp.Value("b", 100)
raises(mp.OverflowError, v.add, v, 100)
local x = mp.Array("b", 3)
raises(mp.IndexError, function() x[4] = 1 end)
raises(mp.IndexError, x.set, x, 3, {1, 2})
raises(mp.OverflowError, x.set, x, 1, {1000})
raises(mp.OverflowError, x.fill, x, 1000)
raises(mp.IndexError, x.set_bytes, x, 3, "ab")
raises(mp.IndexError, x.add, x, 4, 1)
raises(mp.OverflowError, x.add, x, 1, 1000)
raises(mp.IndexError, x.compare_exchange, x, 4, 1, 2)
raises(mp.TypeError, mp.sharedctypes.synchronized, 5)
raises(mp.AssertionError, mp.sharedctypes.synchronized, v)

raises(mp.ValueError, mp.Pool, 0)
raises(mp.TypeError, mp.Pool, 1, 5)
local pool <close> = mp.Pool(1)
raises(mp.ValueError, pool.join, pool)
local function fail() error(mp.IndexError("mine")) end
raises(mp.IndexError, pool.apply, pool, fail)
raises(mp.WorkerLost, pool.apply, pool, os.exit, {1})
raises(mp.TimeoutError, pool.apply, pool, mp.sleep, {60}, {timeout = 0.01})
local result = pool:apply_async(mp.sleep, {60})
raises(mp.ValueError, result.successful, result)
raises(mp.TimeoutError, result.get, result, 0)
local iterator = pool:imap(mp.sleep, {60})
raises(mp.TimeoutError, iterator.next, iterator, 0)
pool:close()
for _, name in ipairs{
  "apply", "apply_async", "map", "map_async", "starmap", "starmap_async", "imap", "imap_unordered",
  "istarmap", "istarmap_unordered",
} do
  raises(mp.ValueError, pool[name], pool, math.abs, {1})
end

raises(mp.ValueError, mp.ProcessPoolExecutor, 0)
raises(mp.TypeError, mp.ProcessPoolExecutor, 1, nil, 5)
local executor = mp.ProcessPoolExecutor(1)
local slow = executor:submit(mp.sleep, 60)
raises(mp.TimeoutError, slow.result, slow, 0)
raises(mp.TimeoutError, slow.exception, slow, 0)
raises(mp.TimeoutError, function() for _ in mp.as_completed({slow}, 0) do error("?") end end)
raises(mp.ValueError, mp.futures.wait, {slow}, 0, "x")
executor:kill_workers()
raises(mp.RuntimeError, executor.submit, executor, math.abs, 1)
raises(mp.RuntimeError, executor.map, executor, math.abs, {1})
local future = mp.futures.Future()
future:set_result(1)
raises(mp.InvalidStateError, future.set_result, future, 2)
raises(mp.InvalidStateError, future.set_exception, future, mp.ValueError("x"))
local cancelled = mp.futures.Future()
cancelled:cancel()
raises(mp.CancelledError, cancelled.result, cancelled)
raises(mp.CancelledError, cancelled.exception, cancelled)

local SharedMemory, ShareableList = mp.shared_memory.SharedMemory, mp.shared_memory.ShareableList
local shm <close> = SharedMemory{create = true, size = 4}
raises(mp.FileExistsError, SharedMemory, shm.name, true, 4)
raises(mp.IndexError, shm.buf.set, shm.buf, 4, "ab")
raises(mp.ValueError, shm.buf.fill, shm.buf, 300)
shm:unlink()
raises(mp.FileNotFoundError, shm.unlink, shm)
raises(mp.FileNotFoundError, SharedMemory, shm.name)
raises(mp.FileNotFoundError, ShareableList, nil, {name = shm.name})
raises(mp.TypeError, ShareableList, {print})
local list <close> = ShareableList{1}
list.shm:unlink()
raises(mp.ValueError, list.index, list, 5)

raises(mp.SerializationError, mp.reduction.ForkingPickler.dumps, io.tmpfile())
raises(mp.SerializationError, mp.reduction.ForkingPickler.dumps, mp.Queue())
mp.register("help_errors", {})
raises(mp.ValueError, mp.register, "help_errors", {})
raises(mp.ValueError, mp.log_to_stderr, "x")
raises(mp.ValueError, mp.range, 1, 2, 0)
raises(mp.ValueError, mp.sleep, -1)

print "ok"
