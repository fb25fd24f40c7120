---@meta multiprocessing

-- What `help` shows, and what editors know of the module: see "Help" in the README.
-- Each example is a program of its own, after `local mp = require "multiprocessing"`.

---Keywords for parameters that could also be given by position: `q:get{timeout = 1}`.
---@alias multiprocessing.Keywords table<string, any>

---Processes that share queues, locks and memory, as Python's `multiprocessing` has them.
---
---Keywords are given in braces, after what is given by position: `q:put(v, {timeout = 1})`. Methods
---take a colon, functions of the module a dot. Positions count from 1, times are seconds.
---
---```lua
---local function work(n, q) q:put(n * n) end
---
---local q = mp.Queue()
---local p = mp.Process{target = work, args = {7, q}}
---p:start()
---p:join()
---print(q:get()) --> 49
---```
---@class multiprocessing
local mp = {}

-- Queues

---A queue between processes: first in, first out, any number of processes at both ends.
---
---A put is complete when it returns, and a message is never torn, whoever is killed. `#q` is the
---number of messages. Python: there is no feeder thread, so nothing is lost at a process's end.
---
---```lua
---local q = mp.SimpleQueue()
---q:put("a")
---q:put_many{"b", "c", "d"}
---print(q:qsize(), q:empty()) --> 4	false
---print(q:get()) --> a
---print(q:try_get()) --> true	b
---print(table.concat(q:get_many(10), " ")) --> c d
---print(q:try_get()) --> false
---print(q:try_put("e")) --> true
---q:put(nil)
---for v in q:iter() do print(v) end --> e
---q:close()
---```
---@class multiprocessing.SimpleQueue
local SimpleQueue = {}

---@return multiprocessing.SimpleQueue
function mp.SimpleQueue() end

---Puts a message; waits while the queue is full.
---
---Raises `Full` when the time is over, `ShutDown` after a shutdown, `SerializationError` for what
---cannot be sent.
---@param obj any what is sent: a copy of it, or a handle of what is shared
---@param block? boolean|multiprocessing.Keywords whether to wait; true
---@param timeout? number|multiprocessing.Keywords how long to wait at most
function SimpleQueue:put(obj, block, timeout) end

---Takes the oldest message; waits while there is none.
---
---Raises `Empty` when the time is over, `ShutDown` when the queue was shut down and is empty,
---`DeadlockError` when nobody is left who could put.
---@param block? boolean|multiprocessing.Keywords whether to wait; true
---@param timeout? number|multiprocessing.Keywords how long to wait at most
---@return any
function SimpleQueue:get(block, timeout) end

---Whether there is no message now.
---@return boolean
function SimpleQueue:empty() end

---Closes the queue for this process: it neither puts nor gets any more. Other processes go on.
function SimpleQueue:close() end

---How many messages there are now; exact.
---@return integer
function SimpleQueue:qsize() end

---For a loop over the messages: `for v in q:iter() do`. It ends at a nil, when the queue is shut down,
---and when nobody is left who could put. Python: `iter(q.get, None)`.
---@return fun(): any
function SimpleQueue:iter() end

---Takes a message if there is one, and says whether. Python has no such method.
---@param timeout? number|multiprocessing.Keywords how long to wait for one; 0
---@return boolean # whether there was one
---@return any # the message
function SimpleQueue:try_get(timeout) end

---Puts a message if there is room, and says whether. Python has no such method.
---@param obj any what is sent
---@param timeout? number|multiprocessing.Keywords how long to wait for room; 0
---@return boolean
function SimpleQueue:try_put(obj, timeout) end

---Takes several messages: waits for one, then takes what else is there. Python has no such method.
---
---Raises `Empty` when the time is over.
---@param n integer how many at most
---@param block? boolean|multiprocessing.Keywords whether to wait; true
---@param timeout? number|multiprocessing.Keywords how long to wait at most
---@return any[]
function SimpleQueue:get_many(n, block, timeout) end

---Puts each item of a list as a message. Python has no such method.
---
---Raises `Full` when the time is over; its `value` is the number of those that were put.
---@param list any[] the messages
---@param block? boolean|multiprocessing.Keywords whether to wait for room; true
---@param timeout? number|multiprocessing.Keywords how long to wait at most
function SimpleQueue:put_many(list, block, timeout) end

---A queue between processes that may be bounded and can be shut down.
---
---```lua
---local q = mp.Queue{maxsize = 2}
---q:put("a")
---q:put_nowait("b")
---print(q:full(), #q) --> true	2
---print(select(2, pcall(q.put, q, "c", {timeout = 0})):is(mp.Full)) --> true
---print(q:get_nowait()) --> a
---q:shutdown()
---for v in q:iter() do print(v) end --> b
---q:close()
---q:cancel_join_thread()
---q:join_thread()
---```
---@class multiprocessing.Queue: multiprocessing.SimpleQueue
local Queue = {}

---@param maxsize? integer|multiprocessing.Keywords how many messages it holds at most; no limit for 0
---@return multiprocessing.Queue
function mp.Queue(maxsize) end

---As `put` without waiting.
---
---Raises `Full`, `ShutDown` and `SerializationError`, as that.
---@param obj any what is sent
function Queue:put_nowait(obj) end

---As `get` without waiting.
---
---Raises `Empty` and `ShutDown`, as that.
---@return any
function Queue:get_nowait() end

---Whether no more messages can be put now.
---@return boolean
function Queue:full() end

---Does nothing but check that the queue was closed: there is no thread to wait for.
---
---Raises `AssertionError` when it was not.
function Queue:join_thread() end

---Does nothing: there is no thread.
function Queue:cancel_join_thread() end

---Ends the queue for all processes: `put` raises `ShutDown`, and so does `get` once it is empty.
---@param immediate? boolean|multiprocessing.Keywords whether to drop the messages that are in it; false
function Queue:shutdown(immediate) end

---A queue that also counts the messages that were taken and are not done yet.
---
---```lua
---local q = mp.JoinableQueue()
---local function work(q)
---  for v in q:iter() do
---    print("done", v)
---    q:task_done()
---  end
---end
---local p <close> = mp.Process{target = work, args = {q}, daemon = true}
---p:start()
---q:put("one") --> done	one
---q:join()
---q:shutdown()
---```
---@class multiprocessing.JoinableQueue: multiprocessing.Queue
local JoinableQueue = {}

---@param maxsize? integer|multiprocessing.Keywords how many messages it holds at most; no limit for 0
---@return multiprocessing.JoinableQueue
function mp.JoinableQueue(maxsize) end

---Says that a message that was taken is done.
---
---Raises `ValueError` when it is called more often than messages were put.
function JoinableQueue:task_done() end

---Waits until every message that was put is done.
---
---Raises `DeadlockError` when nobody is left who could say so.
function JoinableQueue:join() end

-- Locks

---What locks, semaphores and conditions, values and arrays have in common: they can be held.
---@class multiprocessing.Guarded
local Guarded = {}

---Takes it; waits while others have it.
---
---Raises `DeadlockError` when nobody is left who could release it. Python: a lock whose owner has died
---is never released there; here the next one gets it.
---@param block? boolean|multiprocessing.Keywords whether to wait; true
---@param timeout? number|multiprocessing.Keywords how long to wait at most
---@return boolean # whether it was taken
---@return string? # `"abandoned"` when its last owner died holding it
function Guarded:acquire(block, timeout) end

---Gives it back.
---
---Raises `ValueError` for a lock that nobody holds, `AssertionError` for one that another process does
---and that only its owner may release.
function Guarded:release() end

---Takes it until the end of the scope: `local held <close> = lock:guard()`. Python: `with lock:`.
---@param block? boolean|multiprocessing.Keywords whether to wait; true
---@param timeout? number|multiprocessing.Keywords how long to wait at most
---@return multiprocessing.guard|false # false when the time was over
function Guarded:guard(block, timeout) end

---Calls a function while holding it, and gives it back even when that fails.
---@param f function what to call
---@param ... any its arguments
---@return any ... # what it gives
function Guarded:with(f, ...) end

---What holds a lock until its scope ends.
---
---```lua
---local lock = mp.Lock()
---do
---  local held <close> = lock:guard()
---  print(held.abandoned, lock:locked()) --> false	true
---end
---print(lock:locked()) --> false
---```
---@class multiprocessing.guard
---@field abandoned boolean Whether its last owner died holding it.

---A lock: one process at a time has it. Any process may release it. As text it names its owner, whichever
---process that is; Python writes `SomeOtherProcess` for all but the own one.
---
---```lua
---local lock = mp.Lock()
---print(lock:acquire()) --> true
---print(lock:acquire{timeout = 0}, lock:locked()) --> false	true
---lock:release()
---print(lock:with(function(a, b) return a + b end, 1, 2)) --> 3
---do
---  local held <close> = lock:guard()
---end
---```
---@class multiprocessing.Lock: multiprocessing.Guarded
local Lock = {}

---@return multiprocessing.Lock
function mp.Lock() end

---Whether anybody has it now.
---@return boolean
function Lock:locked() end

---A lock that its owner can take again, and must release as often. Only the owner may release it.
---
---```lua
---local lock = mp.RLock()
---print(lock:acquire(), lock:acquire()) --> true	true
---lock:release()
---print(lock:locked()) --> true
---lock:release()
---```
---@class multiprocessing.RLock: multiprocessing.Lock
local RLock = {}

---@return multiprocessing.RLock
function mp.RLock() end

---A number of tokens: acquiring takes one, releasing gives one back.
---
---A dead process's tokens come back, never above the initial value; of a `Semaphore(0)`, which is a
---signal, none.
---
---```lua
---local s = mp.Semaphore(2)
---s:acquire()
---print(s:get_value(), s:locked()) --> 1	false
---s:release()
---print(s:get_value()) --> 2
---```
---@class multiprocessing.Semaphore: multiprocessing.Guarded
local Semaphore = {}

---@param value? integer|multiprocessing.Keywords how many tokens there are first; 1
---@return multiprocessing.Semaphore
function mp.Semaphore(value) end

---How many tokens are left.
---@return integer
function Semaphore:get_value() end

---Whether no token is left.
---@return boolean
function Semaphore:locked() end

---A semaphore that refuses a release above its initial value.
---
---```lua
---local s = mp.BoundedSemaphore(1)
---local ok, err = pcall(s.release, s)
---print(err.message) --> semaphore or lock released too many times
---```
---@class multiprocessing.BoundedSemaphore: multiprocessing.Semaphore
local BoundedSemaphore = {}

---@param value? integer|multiprocessing.Keywords how many tokens there are first; 1
---@return multiprocessing.BoundedSemaphore
function mp.BoundedSemaphore(value) end

---A condition: processes wait, with a lock in hand, until another one notifies them.
---
---A notice passes to the next when its waiter dies.
---
---```lua
---local cond, ready = mp.Condition(), mp.Value("b", 0)
---local function set(cond, ready)
---  local held <close> = cond:guard()
---  ready.value = 1
---  cond:notify()
---  cond:notify_all()
---end
---local p <close> = mp.Process{target = set, args = {cond, ready}}
---cond:acquire()
---p:start()
---print(cond:wait_for(function() return ready.value == 1 end)) --> true
---print(cond:wait{timeout = 0}) --> false
---cond:release()
---```
---@class multiprocessing.Condition: multiprocessing.Guarded
local Condition = {}

---@param lock? multiprocessing.Lock|multiprocessing.Keywords the lock that goes with it; a new `RLock`
---@return multiprocessing.Condition
function mp.Condition(lock) end

---Releases the lock, waits for a notice, and takes the lock again.
---
---Raises `AssertionError` when the lock is not held, `DeadlockError` when nobody is left who could
---notify.
---@param timeout? number|multiprocessing.Keywords how long to wait at most
---@return boolean # false when the time was over
---@return string? # `"abandoned"` when the lock's last owner died holding it
function Condition:wait(timeout) end

---Waits as `wait` does, until a function gives true.
---
---Raises `AssertionError` and `DeadlockError`, as `wait`, and what the function raises.
---@param predicate fun(): any is called at first and after each notice
---@param timeout? number|multiprocessing.Keywords how long to wait at most
---@return any # the last result of the function
---@return string? # `"abandoned"` when the lock's last owner died holding it
function Condition:wait_for(predicate, timeout) end

---Wakes some of those who wait.
---
---Raises `AssertionError` when the lock is not held.
---@param n? integer|multiprocessing.Keywords how many at most; 1
function Condition:notify(n) end

---Wakes all who wait.
---
---Raises `AssertionError` when the lock is not held.
function Condition:notify_all() end

---A flag that processes can wait for.
---
---```lua
---local event = mp.Event()
---print(event:wait{timeout = 0}) --> false
---event:set()
---print(event:is_set(), event:wait()) --> true	true
---event:clear()
---print(event:is_set()) --> false
---```
---@class multiprocessing.Event
local Event = {}

---@return multiprocessing.Event
function mp.Event() end

---Waits until it is set.
---
---Raises `DeadlockError` when nobody is left who could set it.
---@param timeout? number|multiprocessing.Keywords how long to wait at most
---@return boolean # false when the time was over
function Event:wait(timeout) end

---Sets it, and wakes all who wait.
function Event:set() end

---Takes the flag back.
function Event:clear() end

---Whether it is set.
---@return boolean
function Event:is_set() end

---A place where a number of processes wait for each other.
---
---The death of a party breaks it. Each process has its own copy of the action.
---
---```lua
---local barrier = mp.Barrier(1, function() print("all here") end)
---print(barrier:wait()) --> all here
-----> 0
---print(barrier.parties, barrier.n_waiting, barrier.broken) --> 1	0	false
---barrier:abort()
---print(barrier.broken) --> true
---barrier:reset()
---```
---@class multiprocessing.Barrier
---@field parties integer How many processes it takes.
---@field n_waiting integer How many wait now.
---@field broken boolean Whether it was aborted, a wait's time was over, or a party died.
local Barrier = {}

---@param parties integer|multiprocessing.Keywords how many processes meet
---@param action? function|multiprocessing.Keywords what the last to come calls before all go on
---@param timeout? number|multiprocessing.Keywords for `wait` without one
---@return multiprocessing.Barrier
function mp.Barrier(parties, action, timeout) end

---Waits for the others.
---
---Raises `BrokenBarrierError` when the barrier breaks or is reset, or the time is over.
---@param timeout? number|multiprocessing.Keywords how long to wait at most
---@return integer # the order of arrival, from 0
function Barrier:wait(timeout) end

---Breaks it: who waits, or comes later, gets `BrokenBarrierError`.
function Barrier:abort() end

---Makes it whole and empty; who waits gets `BrokenBarrierError`.
function Barrier:reset() end

-- Processes

---Keywords of `Process`.
---@class multiprocessing.keywords.Process
---@field daemon? boolean whether it ends with its parent; as its parent is
---@field memory_limit? integer bytes for its Lua heap; beyond that, "not enough memory"
---@field output? string `prefix`: each line that it writes behind its name; `group`: all of it at its end

---A process: a function that runs beside its creator, in an interpreter of its own.
---
---Other fields may be set too; the child has them. `local p <close> = …` joins it at the scope's end, and
---terminates it when the scope is left by an error.
---
---```lua
---local function work(n, options)
---  print(mp.current_process().name, n, options.x)
---  os.exit(n)
---end
---local p = mp.Process{target = work, name = "W", args = {3}, kwargs = {x = 1}, daemon = true}
---p.memory_limit = 1e9 // 1 | 0
---p.authkey = "secret"
---print(p.pid, p.ident, p.exitcode, p.daemon) --> nil	nil	nil	true
---p:start() --> W	3	1
---print(mp.wait({p.sentinel})[1] == p.sentinel) --> true
---p:join()
---print(p.name, p:is_alive(), p.exitcode) --> W	false	3
---p:close()
---```
---
---```lua
---local p = mp.Process{target = mp.sleep, args = {60}}
---p:start()
---p:interrupt()
---p:kill()
---p:terminate()
---p:join()
---print(p.exitcode < 0) --> true
---```
---
---```lua
---local Worker = mp.Process:extend("Worker")
---function Worker:init(n)
---  mp.Process.init(self, {name = "W"})
---  self.n = n
---end
---function Worker:run() print(self.name, self.n) end
---local w = Worker(7)
---w:start() --> W	7
---w:join()
---```
---
---With `output = "prefix"` each line that it writes comes behind its name, as soon as the line is whole;
---with `output = "group"` nothing comes before it has ended, and then all of it in one piece. That holds for
---all that it writes, programs that it runs included; `join` waits until it is shown.
---
---```lua
---local function load(n) print("loading " .. n) os.execute("echo loaded") end
---local p = mp.Process{target = load, args = {7}, name = "loader", output = "prefix"}
---p:start()
---p:join()
-----> loader: loading 7
-----> loader: loaded
---```
---@class multiprocessing.Process
---@field name string Its name; may be set.
---@field daemon boolean Whether it ends with its parent; may be set before the start.
---@field pid? integer Its number; nil before the start.
---@field ident? integer The same as `pid`.
---@field exitcode? integer Nil while it has not ended; -N when signal N killed it.
---@field authkey string Its secret, which children inherit; may be set.
---@field sentinel integer A descriptor that is ready when the process has ended, for `mp.wait`.
---@field memory_limit? integer Bytes for its Lua heap; may be set before the start.
---@overload fun(group?: multiprocessing.Keywords, target?: function): multiprocessing.Process
local Process = {}

---What makes a process of a new object: a class of its own calls `mp.Process.init(self, {…})` in its
---`init`.
---
---Raises `AssertionError` when a group is given.
---@param group? nil|multiprocessing.Keywords must be nil, as in Python
---@param target? function|multiprocessing.Keywords what it runs
---@param name? string|multiprocessing.Keywords its name; else `Process-1`, `Process-2`, …
---@param args? any[]|multiprocessing.Keywords arguments of the target
---@param kwargs? table a table that the target gets after its arguments
---@param keywords? multiprocessing.keywords.Process
function Process:init(group, target, name, args, kwargs, keywords) end

---Makes a class of processes, which has what this one has: `local Worker = mp.Process:extend("Worker")`.
---Its `run` is called in the child, its `init` with the arguments of `Worker(…)`.
---@param name string the name of the class
---@return multiprocessing.Process
function Process:extend(name) end

---What the child runs: calls the target. A class may have its own.
function Process:run() end

---Starts it.
---
---Raises `AssertionError` when it was started before, `SerializationError` for what cannot be sent to a
---fresh process, `OSError` when the system has no more processes.
function Process:start() end

---Waits until it has ended and, with `output`, all is shown that it wrote.
---
---Raises `AssertionError` before the start and in other processes than its creator, `DeadlockError`
---when the process itself waits for ever.
---@param timeout? number|multiprocessing.Keywords how long to wait at most
function Process:join(timeout) end

---Whether it runs.
---@return boolean
function Process:is_alive() end

---Ends it by SIGTERM, at once: no `<close>` variable of it is closed, and its children go on, but for daemons.
function Process:terminate() end

---Ends it by SIGKILL, in the same way.
function Process:kill() end

---Raises `KeyboardInterrupt` in it, as Ctrl-C does, by SIGINT.
function Process:interrupt() end

---Frees what the object holds.
---
---Raises `ValueError` while the process runs; so does almost everything after that.
function Process:close() end

mp.Process = Process

---The process that started this one, as `mp.parent_process()` gives it.
---
---```lua
---local function child()
---  local parent = mp.parent_process()
---  print(parent.name, parent.pid == parent.ident, parent:is_alive()) --> MainProcess	true	true
---  parent:join{timeout = 0}
---end
---local p = mp.Process{target = child}
---p:start()
---p:join()
---```
---@class multiprocessing.ParentProcess
---@field name string Its name.
---@field pid integer Its number.
---@field ident integer The same as `pid`.
local ParentProcess = {}

---Whether it runs.
---@return boolean
function ParentProcess:is_alive() end

---Waits until it has ended.
---@param timeout? number|multiprocessing.Keywords how long to wait at most
function ParentProcess:join(timeout) end

---The children that run; those that have ended are joined by it.
---
---```lua
---print(#mp.active_children()) --> 0
---```
---@return multiprocessing.Process[]
function mp.active_children() end

---The running process.
---
---```lua
---print(mp.current_process().name) --> MainProcess
---```
---@return multiprocessing.Process
function mp.current_process() end

---The process that started this one; nil in the main process.
---
---```lua
---print(mp.parent_process()) --> nil
---```
---@return multiprocessing.ParentProcess?
function mp.parent_process() end

---How many processors the machine has.
---
---```lua
---print(mp.cpu_count() >= 1) --> true
---```
---@return integer
function mp.cpu_count() end

---The number of the running process. Python: `os.getpid`.
---
---```lua
---print(mp.getpid() == mp.current_process().pid) --> true
---```
---@return integer
function mp.getpid() end

-- Start methods

---The module's contents bound to a start method: `ctx.Process`, `ctx.Pool`, and all else.
---
---Objects of one context work in the others. A context's functions take a dot. A process of a context
---starts others by the same method.
---
---```lua
---local ctx = mp.get_context("spawn")
---print(ctx, ctx.get_start_method()) --> <SpawnContext>	spawn
---```
---@class multiprocessing.Context: multiprocessing

---A context: of a start method, or of the one in use, which is fixed by that.
---
---Raises `ValueError` for an unknown method; there are `fork`, `spawn`, `forkserver` and `inline`, which
---runs targets at once in the calling process.
---
---```lua
---print(mp.get_context("forkserver")) --> <ForkServerContext>
---```
---@param method? string|multiprocessing.Keywords the start method
---@return multiprocessing.Context
function mp.get_context(method) end

---Chooses the start method of the program, once.
---
---Raises `RuntimeError` when it is fixed already, `ValueError` for an unknown method.
---
---```lua
---mp.set_start_method("spawn")
---print(mp.get_start_method()) --> spawn
---```
---@param method string|multiprocessing.Keywords `fork`, `spawn`, `forkserver` or `inline`
---@param force? boolean|multiprocessing.Keywords whether to change it even when it is fixed; false
function mp.set_start_method(method, force) end

---The start method in use, which is fixed by asking.
---
---```lua
---print(mp.get_start_method{allow_none = true}) --> nil
---print(mp.get_start_method()) --> fork
---```
---@param allow_none? boolean|multiprocessing.Keywords whether to give nil, and fix nothing, if none is chosen
---@return string?
function mp.get_start_method(allow_none) end

---The start methods, the default first.
---
---```lua
---print(mp.get_all_start_methods()[1]) --> fork
---```
---@return string[]
function mp.get_all_start_methods() end

---The program that `spawn` and `forkserver` start; else the running one.
---
---```lua
---mp.set_executable("/usr/bin/mplua")
---```
---@param path string|multiprocessing.Keywords the file of an mplua
function mp.set_executable(path) end

---Keywords of `set_forkserver_preload`.
---@class multiprocessing.keywords.Preload
---@field on_error? string for modules that fail: `ignore` (the default), `warn` or `fail`

---The modules that the fork server loads before it makes processes.
---
---Raises `TypeError` unless it is a list of strings, `ValueError` for another `on_error`.
---
---```lua
---mp.set_forkserver_preload({"string"}, {on_error = "warn"})
---```
---@param module_names string[] names as for `require`
---@param keywords? multiprocessing.keywords.Preload
function mp.set_forkserver_preload(module_names, keywords) end

---Does nothing: for Python's sake.
---
---```lua
---mp.freeze_support()
---```
function mp.freeze_support() end

---Does nothing: for Python's sake.
---
---```lua
---mp.allow_connection_pickling()
---```
function mp.allow_connection_pickling() end

-- Pipes

---The two ends of a pipe.
---
---```lua
---local reader, writer = mp.Pipe{duplex = false}
---writer:send{1, 2}
---print(mp.repr(reader:recv())) --> {1, 2}
---```
---@param duplex? boolean|multiprocessing.Keywords whether both can send; true. Else the first receives
---@return multiprocessing.Connection
---@return multiprocessing.Connection
function mp.Pipe(duplex) end

---An end of a pipe. Messages are whole, whoever writes and whoever is killed.
---
---```lua
---local a, b = mp.Pipe()
---a:send{x = 1}
---print(b:poll{timeout = 1}, b:recv().x) --> true	1
---print(b:try_recv()) --> false
---a:send_bytes("hello", {offset = 1, size = 3})
---print(b:recv_bytes{maxlength = 10}) --> ell
---local bytes = mp.Array("c", 4)
---a:send_bytes("abc")
---print(b:recv_bytes_into(bytes), bytes.value) --> 3	abc
---print(a:fileno() > 2, a.readable, a.writable, a.closed) --> true	true	true	false
---a:close()
---print(select(2, pcall(b.recv, b)):is(mp.EOFError)) --> true
---```
---@class multiprocessing.Connection
---@field readable boolean Whether it can receive.
---@field writable boolean Whether it can send.
---@field closed boolean Whether this process closed it.
local Connection = {}

---Sends a message; waits while the pipe is full.
---
---Raises `SerializationError` for what cannot be sent, `BrokenPipeError` when nobody has the other end,
---`OSError` when it is closed or only receives.
---@param obj any what is sent
function Connection:send(obj) end

---Waits for a message.
---
---Raises `EOFError` when nothing can come any more, `OSError` when it is closed or only sends.
---@return any
function Connection:recv() end

---Takes a message if there is one. Python has no such method.
---@param timeout? number|multiprocessing.Keywords how long to wait for one; 0
---@return boolean # whether there was one
---@return any # the message; after false, the error when nothing can come any more
function Connection:try_recv(timeout) end

---Sends a string, or the memory of an array or a block, as it is.
---
---Raises `BrokenPipeError` and `OSError`, as `send`; `ValueError` for an offset or a size outside.
---@param buf string|multiprocessing.Array|multiprocessing.memoryview the bytes
---@param offset? integer|multiprocessing.Keywords how many bytes to skip; 0
---@param size? integer|multiprocessing.Keywords how many to send; the rest
function Connection:send_bytes(buf, offset, size) end

---Waits for a message of `send_bytes`.
---
---Raises `EOFError` as `recv`, `OSError` when the message is longer than allowed.
---@param maxlength? integer|multiprocessing.Keywords how long it may be
---@return string
function Connection:recv_bytes(maxlength) end

---Waits for a message of `send_bytes`, and writes it into shared memory.
---
---Raises `EOFError` as `recv`, `BufferTooShort` when the message does not fit: its `value` is the message.
---@param buf multiprocessing.Array|multiprocessing.memoryview where to
---@param offset? integer|multiprocessing.Keywords how many bytes to leave as they are; 0
---@return integer # the message's length
function Connection:recv_bytes_into(buf, offset) end

---Whether there is a message, or the end; without a timeout it does not wait.
---@param timeout? number|multiprocessing.Keywords how long to wait; `{timeout = nil}` does not wait either
---@return boolean
function Connection:poll(timeout) end

---The number of its descriptor.
---@return integer
function Connection:fileno() end

---Closes it for this process.
function Connection:close() end

---Waits until something of a list is ready, and gives what is.
---
---```lua
---local q = mp.Queue()
---q:put(1)
---print(mp.wait({q}, {timeout = 1})[1] == q) --> true
---```
---@param object_list any[] connections, processes, sentinels, queues and events
---@param timeout? number|multiprocessing.Keywords how long to wait at most
---@return any[] # empty when the time was over
function mp.wait(object_list, timeout) end

-- Shared values and arrays

---What values and arrays with a lock have besides.
---@class multiprocessing.Synchronized: multiprocessing.Guarded
local Synchronized = {}

---The lock that guards it.
---@return multiprocessing.Lock
function Synchronized:get_lock() end

---The same memory without the lock.
---@return any
function Synchronized:get_obj() end

---A number or a character in shared memory, without a lock.
---
---The types are Python's codes: `b B h H i I l L q Q` for integers, `f d` for floats, `c` for a byte, `u` for
---a character. Python also takes `ctypes`.
---
---```lua
---local v = mp.RawValue("i", 5)
---print(v:add(2), v.value, v.typecode) --> 5	7	i
---print(v:compare_exchange(7, 9)) --> true	7
---```
---@class multiprocessing.RawValue
---@field value any What it holds; may be set.
---@field typecode string The code of its type.
local RawValue = {}

---Raises `TypeError` for an unknown type, `OverflowError` for what does not fit; Python cuts that off.
---@param typecode_or_type string|multiprocessing.Keywords the type of the value
---@param value? any what it holds first; 0
---@return multiprocessing.RawValue
function mp.RawValue(typecode_or_type, value) end

---Adds in one step. Python has no such method.
---
---Raises `OverflowError` when the sum does not fit.
---@param n number what to add
---@return number # the value before
function RawValue:add(n) end

---Stores a new value if it is the old one, in one step. Python has no such method.
---@param old any what it must be
---@param new any what is stored
---@return boolean # whether it was
---@return any # what was found
function RawValue:compare_exchange(old, new) end

---Keywords of `Value` and `Array`.
---@class multiprocessing.keywords.Lock
---@field lock? boolean|multiprocessing.Lock whether it has a lock, or which one; true

---A number or a character in shared memory, with a lock.
---
---Each access takes the lock. After its owner's death an access goes on, with a warning.
---
---```lua
---local v = mp.Value("d", 1.5)
---do
---  local held <close> = v:guard()
---  v.value = v.value * 2
---end
---print(v.value, v:get_obj().value, v:get_lock():locked()) --> 3.0	3.0	false
---v:acquire()
---v:release()
---print(v:with(function() return v.value end)) --> 3.0
---```
---@class multiprocessing.Value: multiprocessing.RawValue, multiprocessing.Synchronized
local Value = {}

---Raises `TypeError` for an unknown type, `OverflowError` for what does not fit.
---@param typecode_or_type string|multiprocessing.Keywords the type of the value
---@param value? any what it holds first; 0
---@param keywords? multiprocessing.keywords.Lock
---@return multiprocessing.Value
function mp.Value(typecode_or_type, value, keywords) end

---Elements of one type in shared memory, without a lock.
---
---`a[1]` is the first, `a[-1]` the last; outside a read gives nil, and a write raises `IndexError`. `#`,
---`ipairs` and `pairs` work. The places `i` and `j` count as `string.sub` counts them.
---
---```lua
---local a = mp.RawArray("i", {3, 1, 2})
---print(a[1], a[-1], #a, a.typecode, a.itemsize) --> 3	2	3	i	4
---print(a:sum(), a:min(), a:max(2, 3)) --> 6	1	2
---a:fill(0, 2)
---a:set(2, {7})
---print(mp.repr(a:get()), a:slice(2, 3)[1]) --> {3, 7, 0}	7
---print(a:add(1, 10), a[1]) --> 3	13
---print(a:compare_exchange(1, 13, 5)) --> true	13
---a:set_bytes(1, "\2\0\0\0")
---print(a[1], a:bytes(1, 1) == "\2\0\0\0") --> 2	true
---local text = mp.RawArray("c", 4)
---text.value = "hi"
---print(text.value, #text.raw) --> hi	4
---```
---@class multiprocessing.RawArray
---@field value? string Of an array of `c` or `u`: its text, up to the first zero; may be set.
---@field raw? string Of an array of `c`: all its bytes; may be set.
---@field typecode string The code of its elements' type.
---@field itemsize integer How many bytes an element has.
local RawArray = {}

---Raises `TypeError` for an unknown type, `OverflowError` for what does not fit.
---@param typecode_or_type string|multiprocessing.Keywords the type of the elements
---@param size_or_initializer any how many zeros, or the elements: a list, a range, an array, a string
---@return multiprocessing.RawArray
function mp.RawArray(typecode_or_type, size_or_initializer) end

---A list of the elements. Python: `a[1:3]`.
---@param i? integer|multiprocessing.Keywords the first place; 1
---@param j? integer|multiprocessing.Keywords the last place; -1
---@return any[]
function RawArray:get(i, j) end

---Stores elements, all or none. Python: `a[1:3] = …`.
---
---Raises `IndexError` when they do not fit into the array, `OverflowError` when one does not fit its type.
---@param i integer the first place
---@param list any a list, a range, an array, or a string of text
function RawArray:set(i, list) end

---A part of the array, with its memory and its lock: a view, as NumPy's.
---@param i? integer|multiprocessing.Keywords the first place; 1
---@param j? integer|multiprocessing.Keywords the last place; -1
---@return multiprocessing.RawArray
function RawArray:slice(i, j) end

---Stores one value in many places.
---
---Raises `OverflowError` when it does not fit.
---@param v any the value
---@param i? integer the first place; 1
---@param j? integer the last place; -1
function RawArray:fill(v, i, j) end

---The sum of the elements.
---@param i? integer|multiprocessing.Keywords the first place; 1
---@param j? integer|multiprocessing.Keywords the last place; -1
---@return number
function RawArray:sum(i, j) end

---The least element; nil for none.
---@param i? integer|multiprocessing.Keywords the first place; 1
---@param j? integer|multiprocessing.Keywords the last place; -1
---@return any
function RawArray:min(i, j) end

---The greatest element; nil for none.
---@param i? integer|multiprocessing.Keywords the first place; 1
---@param j? integer|multiprocessing.Keywords the last place; -1
---@return any
function RawArray:max(i, j) end

---The memory of the elements as a string.
---@param i? integer|multiprocessing.Keywords the first place; 1
---@param j? integer|multiprocessing.Keywords the last place; -1
---@return string
function RawArray:bytes(i, j) end

---Sets the memory of the elements.
---
---Raises `IndexError` when it does not fit into the array.
---@param i integer the first place
---@param s string the memory: as many bytes as whole elements have
function RawArray:set_bytes(i, s) end

---Adds to an element in one step. Python has no such method.
---
---Raises `OverflowError` when the sum does not fit, `IndexError` outside.
---@param i integer the place
---@param n number what to add
---@return number # the value before
function RawArray:add(i, n) end

---Stores a new element if it is the old one, in one step. Python has no such method.
---
---Raises `IndexError` outside.
---@param i integer the place
---@param old any what it must be
---@param new any what is stored
---@return boolean # whether it was
---@return any # what was found
function RawArray:compare_exchange(i, old, new) end

---Elements of one type in shared memory, with a lock that each access takes.
---
---```lua
---local a = mp.Array("i", 3)
---do
---  local held <close> = a:guard()
---  a[1] = a[1] + 1
---end
---print(a[1], #a:get_obj(), a:get_lock():locked()) --> 1	3	false
---a:acquire()
---a:release()
---print(a:with(function() return a:sum() end)) --> 1
---```
---@class multiprocessing.Array: multiprocessing.RawArray, multiprocessing.Synchronized
local Array = {}

---Raises `TypeError` for an unknown type, `OverflowError` for what does not fit.
---@param typecode_or_type string|multiprocessing.Keywords the type of the elements
---@param size_or_initializer any how many zeros, or the elements: a list, a range, an array, a string
---@param keywords? multiprocessing.keywords.Lock
---@return multiprocessing.Array
function mp.Array(typecode_or_type, size_or_initializer, keywords) end

-- Pools

---Keywords of a pool's tasks.
---@class multiprocessing.keywords.Task
---@field timeout? number seconds for each task; then it gets a `TimeoutError`, later SIGKILL
---@field retries? integer how often a task whose worker died is given to another one; 0

---Keywords of a pool's tasks for lists.
---@class multiprocessing.keywords.Tasks: multiprocessing.keywords.Task
---@field seed? integer from this and the item's place follow the random numbers of a task
---@field progress? boolean|string whether a bar is shown on the terminal, or its label

---Keywords of the input of a pool's loops.
---@class multiprocessing.keywords.Input
---@field buffersize? integer how many items are drawn ahead of the loop

---Keywords of a pool's loops.
---@class multiprocessing.keywords.Loop: multiprocessing.keywords.Input, multiprocessing.keywords.Tasks

---Keywords of `Pool`.
---@class multiprocessing.keywords.Pool
---@field context? multiprocessing.Context the start method of the workers
---@field max_memory_per_child? integer bytes; a worker that has more is replaced after its task

---Workers that call functions. A worker's death fails its task, with `WorkerLost`, and no other.
---
---There are no threads: callbacks run in the owner's waits. `local pool <close> = …` terminates it at the
---scope's end. Python: a pool whose worker is killed waits for ever.
---
---```lua
---local function double(x) return 2 * x end
---local function add(a, b) return a + b end
---local pool <close> = mp.Pool(2)
---print(pool:apply(add, {1, 2})) --> 3
---print(mp.repr(pool:map(double, {1, 2, 3}))) --> {2, 4, 6}
---print(mp.repr(pool:starmap(add, {{1, 2}, {3, 4}}))) --> {3, 7}
---for r, i in pool:imap(double, mp.range(2)) do print(i, r) end --> 1	0
-----> 2	2
---for r, i in pool:imap_unordered(double, {5}) do print(i, r) end --> 1	10
---for r, i in pool:istarmap(add, {{1, 2}}) do print(i, r) end --> 1	3
---for r, i in pool:istarmap_unordered(add, {{1, 2}}) do print(i, r) end --> 1	3
---print(pool:apply_async(double, {4}):get()) --> 8
---print(mp.repr(pool:map_async(double, {1}, {retries = 2}):get())) --> {2}
---print(mp.repr(pool:starmap_async(add, {{1, 1}}, {timeout = 60}):get())) --> {2}
---print(pool:stats().processes) --> 2
---pool:close()
---pool:join()
---pool:terminate()
---```
---@class multiprocessing.Pool
local Pool = {}

---Raises `ValueError` for less than one process, `TypeError` for an initializer that cannot be called.
---@param processes? integer|multiprocessing.Keywords how many workers; one for each processor
---@param initializer? function|multiprocessing.Keywords what each worker calls first
---@param initargs? any[] its arguments
---@param maxtasksperchild? integer|multiprocessing.Keywords how many tasks a worker runs until it is replaced
---@param keywords? multiprocessing.keywords.Pool
---@return multiprocessing.Pool
function mp.Pool(processes, initializer, initargs, maxtasksperchild, keywords) end

---Calls a function in a worker, and waits for what it gives.
---
---Raises what the function raised, `WorkerLost` when its worker died, `TimeoutError` when its time was over,
---`ValueError` when the pool was closed.
---@param func function what to call
---@param args? any[] its arguments
---@param kwds? table a table that it gets after its arguments
---@param keywords? multiprocessing.keywords.Task
---@return any ... # what the function gives
function Pool:apply(func, args, kwds, keywords) end

---As `apply`, without waiting.
---
---Raises `ValueError` when the pool was closed.
---@param func function what to call
---@param args? any[] its arguments
---@param kwds? table a table that it gets after its arguments
---@param callback? function|multiprocessing.Keywords is called with the results
---@param error_callback? function|multiprocessing.Keywords is called with the error
---@param keywords? multiprocessing.keywords.Task
---@return multiprocessing.AsyncResult
function Pool:apply_async(func, args, kwds, callback, error_callback, keywords) end

---Calls a function for each item, and gives the list of the results.
---
---Raises what a call raised, `WorkerLost` when a worker died, `ValueError` when the pool was closed.
---@param func function what to call
---@param iterable any a list, a range, an array, or a function that is called until nil
---@param chunksize? integer|multiprocessing.Keywords how many items make a task
---@param keywords? multiprocessing.keywords.Tasks
---@return any[] # its `n` is the length if there are nils
function Pool:map(func, iterable, chunksize, keywords) end

---As `map`, without waiting.
---
---Raises `ValueError` when the pool was closed.
---@param func function what to call
---@param iterable any a list, a range, an array, or a function that is called until nil
---@param chunksize? integer|multiprocessing.Keywords how many items make a task
---@param callback? function|multiprocessing.Keywords is called with the list of the results
---@param error_callback? function|multiprocessing.Keywords is called with the error
---@param keywords? multiprocessing.keywords.Tasks
---@return multiprocessing.AsyncResult
function Pool:map_async(func, iterable, chunksize, callback, error_callback, keywords) end

---As `map`, for items that are lists of arguments.
---
---Raises what a call raised, `WorkerLost` when a worker died, `ValueError` when the pool was closed.
---@param func function what to call
---@param iterable any lists of arguments
---@param chunksize? integer|multiprocessing.Keywords how many items make a task
---@param keywords? multiprocessing.keywords.Tasks
---@return any[]
function Pool:starmap(func, iterable, chunksize, keywords) end

---As `starmap`, without waiting.
---
---Raises `ValueError` when the pool was closed.
---@param func function what to call
---@param iterable any lists of arguments
---@param chunksize? integer|multiprocessing.Keywords how many items make a task
---@param callback? function|multiprocessing.Keywords is called with the list of the results
---@param error_callback? function|multiprocessing.Keywords is called with the error
---@param keywords? multiprocessing.keywords.Tasks
---@return multiprocessing.AsyncResult
function Pool:starmap_async(func, iterable, chunksize, callback, error_callback, keywords) end

---A loop over the results, in the order of the input: `for r, i in pool:imap(f, list) do`.
---
---The input is drawn as results are taken. `i` is the place in it. Python gives no place.
---
---Raises `ValueError` when the pool was closed.
---@param func function what to call
---@param iterable any a list, a range, an array, or a function that is called until nil
---@param chunksize? integer|multiprocessing.Keywords how many items make a task; 1
---@param keywords? multiprocessing.keywords.Loop
---@return multiprocessing.IMapIterator
function Pool:imap(func, iterable, chunksize, keywords) end

---As `imap`, in the order in which the results come.
---
---Raises `ValueError` when the pool was closed.
---@param func function what to call
---@param iterable any a list, a range, an array, or a function that is called until nil
---@param chunksize? integer|multiprocessing.Keywords how many items make a task; 1
---@param keywords? multiprocessing.keywords.Loop
---@return multiprocessing.IMapIterator
function Pool:imap_unordered(func, iterable, chunksize, keywords) end

---As `imap`, for items that are lists of arguments. Python has no such method.
---
---Raises `ValueError` when the pool was closed.
---@param func function what to call
---@param iterable any lists of arguments
---@param chunksize? integer|multiprocessing.Keywords how many items make a task; 1
---@param keywords? multiprocessing.keywords.Loop
---@return multiprocessing.IMapIterator
function Pool:istarmap(func, iterable, chunksize, keywords) end

---As `istarmap`, in the order in which the results come. Python has no such method.
---
---Raises `ValueError` when the pool was closed.
---@param func function what to call
---@param iterable any lists of arguments
---@param chunksize? integer|multiprocessing.Keywords how many items make a task; 1
---@param keywords? multiprocessing.keywords.Loop
---@return multiprocessing.IMapIterator
function Pool:istarmap_unordered(func, iterable, chunksize, keywords) end

---What the pool does. Python has no such method.
---
---The fields are `processes`, `workers`, `busy`, `queued`, `pending`, `done`, `started`, `lost`, `retried`,
---and `pids`, a list.
---@return table
function Pool:stats() end

---Takes no more tasks; the workers end when all are done.
function Pool:close() end

---Ends the workers at once.
function Pool:terminate() end

---Waits until the workers have ended.
---
---Raises `ValueError` unless `close` or `terminate` was called before.
function Pool:join() end

---The pool of `mp.get_context "inline"`: it calls in the process that asks, for debugging.
---
---```lua
---local pool = mp.get_context("inline").Pool()
---print(table.concat(pool:map(math.abs, {-1, 2}), " ")) --> 1 2
---```
---@class multiprocessing.InlinePool: multiprocessing.Pool

---The result of a task that was not waited for.
---
---```lua
---local pool <close> = mp.Pool(1)
---local result = pool:apply_async(math.abs, {-3})
---result:wait{timeout = 60}
---print(result:ready(), result:successful(), result:get()) --> true	true	3
---print(result:try_get()) --> true	3
---print(result:cancel()) --> false
---```
---@class multiprocessing.AsyncResult
local AsyncResult = {}

---Waits for the result.
---
---Raises what the task raised, `TimeoutError` when the time is over; the task goes on then.
---@param timeout? number|multiprocessing.Keywords how long to wait at most
---@return any ... # all that the function gave
function AsyncResult:get(timeout) end

---Waits until there is a result or an error.
---@param timeout? number|multiprocessing.Keywords how long to wait at most
function AsyncResult:wait(timeout) end

---Whether there is a result or an error.
---@return boolean
function AsyncResult:ready() end

---Whether there is a result and no error.
---
---Raises `ValueError` when there is neither yet.
---@return boolean
function AsyncResult:successful() end

---Cancels the task: it does not begin, or gets a `CancelledError`. Python has no such method.
---@return boolean # whether there was something to cancel
function AsyncResult:cancel() end

---Takes the result if there is one. Python has no such method.
---@param timeout? number|multiprocessing.Keywords how long to wait for it; 0
---@return boolean # whether there is a result
---@return any ... # the results, or the error
function AsyncResult:try_get(timeout) end

---The result of a task of an inline pool: it is there at once.
---
---```lua
---local pool = mp.get_context("inline").Pool()
---print(pool:apply_async(math.abs, {-3}):get()) --> 3
---```
---@class multiprocessing.InlineResult: multiprocessing.AsyncResult

---What `imap` and its kin give, for a loop.
---
---```lua
---local pool <close> = mp.Pool(1)
---local iterator = pool:imap(math.abs, {-3})
---print(iterator:next{timeout = 60}) --> 3	1
---print(iterator()) --> nil
---```
---@class multiprocessing.IMapIterator
---@overload fun(): any, integer
local IMapIterator = {}

---The next result and its place in the input; nil at the end.
---
---Raises what the task raised, `TimeoutError` when the time is over; both can be gone on from.
---@param timeout? number|multiprocessing.Keywords how long to wait at most
---@return any
---@return integer?
function IMapIterator:next(timeout) end

---What `imap` of an inline pool gives.
---
---```lua
---local pool = mp.get_context("inline").Pool()
---print(pool:imap(math.abs, {-3}):next()) --> 3	1
---```
---@class multiprocessing.InlineIterator: multiprocessing.IMapIterator

---`Pool:map` of a pool that is made when it is needed and ends with the program.
---
---```lua
---print(mp.repr(mp.map(math.abs, {-1, 2}))) --> {1, 2}
---```
---@param func function what to call
---@param iterable any a list, a range, an array, or a function that is called until nil
---@param chunksize? integer|multiprocessing.Keywords how many items make a task
---@param keywords? multiprocessing.keywords.Tasks
---@return any[]
function mp.map(func, iterable, chunksize, keywords) end

---`Pool:starmap` of the same pool as `mp.map`.
---
---```lua
---print(mp.repr(mp.starmap(math.max, {{1, 2}, {4, 3}}))) --> {2, 4}
---```
---@param func function what to call
---@param iterable any lists of arguments
---@param chunksize? integer|multiprocessing.Keywords how many items make a task
---@param keywords? multiprocessing.keywords.Tasks
---@return any[]
function mp.starmap(func, iterable, chunksize, keywords) end

---`Pool:imap` of the same pool as `mp.map`.
---
---```lua
---for r, i in mp.imap(math.abs, {-5}) do print(i, r) end --> 1	5
---```
---@param func function what to call
---@param iterable any a list, a range, an array, or a function that is called until nil
---@param chunksize? integer|multiprocessing.Keywords how many items make a task; 1
---@param keywords? multiprocessing.keywords.Loop
---@return multiprocessing.IMapIterator
function mp.imap(func, iterable, chunksize, keywords) end

---`Pool:imap_unordered` of the same pool as `mp.map`.
---
---```lua
---for r, i in mp.imap_unordered(math.abs, {-5}) do print(i, r) end --> 1	5
---```
---@param func function what to call
---@param iterable any a list, a range, an array, or a function that is called until nil
---@param chunksize? integer|multiprocessing.Keywords how many items make a task; 1
---@param keywords? multiprocessing.keywords.Loop
---@return multiprocessing.IMapIterator
function mp.imap_unordered(func, iterable, chunksize, keywords) end

---`Pool:apply_async` of the same pool as `mp.map`.
---
---```lua
---print(mp.apply_async(math.abs, {-5}):get()) --> 5
---```
---@param func function what to call
---@param args? any[] its arguments
---@param kwds? table a table that it gets after its arguments
---@param callback? function|multiprocessing.Keywords is called with the results
---@param error_callback? function|multiprocessing.Keywords is called with the error
---@param keywords? multiprocessing.keywords.Task
---@return multiprocessing.AsyncResult
function mp.apply_async(func, args, kwds, callback, error_callback, keywords) end

-- Futures

---Keywords of `ProcessPoolExecutor`.
---@class multiprocessing.keywords.Executor
---@field max_tasks_per_child? integer how many tasks a worker runs until it is replaced
---@field max_memory_per_child? integer bytes; a worker that has more is replaced after its task
---@field timeout? number seconds for each task; then it gets a `TimeoutError`, later SIGKILL
---@field retries? integer how often a task whose worker died is given to another one; 0

---Keywords of an executor's `map`.
---@class multiprocessing.keywords.ExecutorMap
---@field timeout? number seconds from the call until the last result
---@field chunksize? integer how many items make a task; 1
---@field buffersize? integer how many items are submitted ahead of the loop

---Keywords of an executor's `shutdown`.
---@class multiprocessing.keywords.Shutdown
---@field cancel_futures? boolean whether to cancel what has not begun; false

---Workers whose tasks are futures. Python: `concurrent.futures.ProcessPoolExecutor`.
---
---A worker's death fails one future, and the executor goes on; Python's is dead then. At the end of
---`local executor <close> = …` it waits for all tasks.
---
---```lua
---local executor <close> = mp.ProcessPoolExecutor(2)
---print(executor:submit(math.max, 1, 5, 3):result()) --> 5
---for r, i in executor:map(math.max, {1, 5}, {2, 3}, {timeout = 60}) do print(i, r) end --> 1	2
-----> 2	5
---executor:shutdown()
---```
---
---```lua
---local executor = mp.ProcessPoolExecutor(1)
---executor:submit(mp.sleep, 60)
---executor:terminate_workers()
---executor:kill_workers()
---```
---@class multiprocessing.ProcessPoolExecutor
local ProcessPoolExecutor = {}

---Raises `ValueError` for less than one worker or task, `TypeError` for an initializer that cannot be called.
---@param max_workers? integer|multiprocessing.Keywords how many workers; one for each processor
---@param mp_context? multiprocessing.Context|multiprocessing.Keywords the start method of the workers
---@param initializer? function|multiprocessing.Keywords what each worker calls first
---@param initargs? any[] its arguments
---@param keywords? multiprocessing.keywords.Executor
---@return multiprocessing.ProcessPoolExecutor
function mp.ProcessPoolExecutor(max_workers, mp_context, initializer, initargs, keywords) end

---Calls a function in a worker, without waiting. It has no keywords: all arguments are the function's.
---
---Raises `RuntimeError` after a shutdown, `BrokenProcessPool` when the initializer failed.
---@param fn function what to call
---@param ... any its arguments
---@return multiprocessing.futures.Future
function ProcessPoolExecutor:submit(fn, ...) end

---A loop over the results for items of one or several lists: `for r, i in executor:map(f, a, b) do`. The
---shortest list ends it.
---
---Raises `RuntimeError` after a shutdown, `TimeoutError` when the time is over.
---@param fn function what to call
---@param ... any|multiprocessing.keywords.ExecutorMap lists, ranges, arrays, or functions called until nil
---@return fun(): any, integer
function ProcessPoolExecutor:map(fn, ...) end

---Takes no more tasks.
---@param wait? boolean|multiprocessing.Keywords whether to wait until all are done; true
---@param keywords? multiprocessing.keywords.Shutdown
function ProcessPoolExecutor:shutdown(wait, keywords) end

---Ends the workers by SIGTERM; what they had fails.
function ProcessPoolExecutor:terminate_workers() end

---Ends the workers by SIGKILL; what they had fails.
function ProcessPoolExecutor:kill_workers() end

---Futures. Python: `concurrent.futures`. Also `require "multiprocessing.futures"`.
---
---```lua
---local futures = mp.futures
---local executor <close> = futures.ProcessPoolExecutor(1)
---local list = {executor:submit(math.abs, -1)}
---local done, rest = futures.wait(list, {return_when = futures.ALL_COMPLETED})
---print(#done, #rest) --> 1	0
---print(futures.FIRST_COMPLETED, futures.FIRST_EXCEPTION) --> FIRST_COMPLETED	FIRST_EXCEPTION
---```
---@class multiprocessing.futures
local futures = {}
mp.futures = futures

---For a loop over futures as they become done: `for future in mp.as_completed(list) do`.
---
---Raises `TimeoutError` when the time is over.
---
---```lua
---local executor <close> = mp.ProcessPoolExecutor(1)
---for future in mp.as_completed{executor:submit(math.abs, -1)} do
---  print(future:result()) --> 1
---end
---```
---@param fs table a list of futures, or a table whose keys they are
---@param timeout? number|multiprocessing.Keywords seconds from the call until the last one
---@return fun(): multiprocessing.futures.Future
function mp.as_completed(fs, timeout) end

---Waits for futures.
---
---Raises `ValueError` for another `return_when`.
---@param fs table a list of futures, or a table whose keys they are
---@param timeout? number|multiprocessing.Keywords how long to wait at most
---@param return_when? string|multiprocessing.Keywords what to wait for: `futures.ALL_COMPLETED` if not given
---@return multiprocessing.futures.Future[] # those that are done
---@return multiprocessing.futures.Future[] # those that are not
function futures.wait(fs, timeout, return_when) end

---For `wait`: until all are done.
futures.ALL_COMPLETED = "ALL_COMPLETED"

---For `wait`: until one is done.
futures.FIRST_COMPLETED = "FIRST_COMPLETED"

---For `wait`: until one has failed, or all are done.
futures.FIRST_EXCEPTION = "FIRST_EXCEPTION"

---The result of a task of an executor.
---
---```lua
---local executor <close> = mp.ProcessPoolExecutor(1)
---local future = executor:submit(math.abs, -2)
---future:add_done_callback(function(f) print("done", f:done()) end)
---print(future:exception()) --> done	true
-----> nil
---print(future:result{timeout = 60}, future:try_result()) --> 2	true	2
---print(future:cancel(), future:cancelled(), future:running()) --> false	false	false
---```
---
---```lua
---local future = mp.futures.Future()
---print(future:set_running_or_notify_cancel()) --> true
---future:set_result(5)
---print(future:result()) --> 5
---local failed = mp.futures.Future()
---failed:set_exception(mp.ValueError("no"))
---print(failed:exception().message) --> no
---```
---@class multiprocessing.futures.Future
local Future = {}

---A future that belongs to no executor.
---@return multiprocessing.futures.Future
function futures.Future() end

---Waits for the result.
---
---Raises what the task raised, `TimeoutError` when the time is over, `CancelledError` when it was
---cancelled.
---@param timeout? number|multiprocessing.Keywords how long to wait at most
---@return any ... # all that the function gave
function Future:result(timeout) end

---Takes the result if there is one. Python has no such method.
---@param timeout? number|multiprocessing.Keywords how long to wait for it; 0
---@return boolean # whether there is a result
---@return any ... # the results, or the error
function Future:try_result(timeout) end

---Waits for the error of the task; nil when it succeeded.
---
---Raises `TimeoutError` when the time is over, `CancelledError` when it was cancelled.
---@param timeout? number|multiprocessing.Keywords how long to wait at most
---@return any
function Future:exception(timeout) end

---Whether there is a result or an error, or it was cancelled.
---@return boolean
function Future:done() end

---Whether a worker has the task now.
---@return boolean
function Future:running() end

---Whether it was cancelled.
---@return boolean
function Future:cancelled() end

---Keywords of a future's `cancel`.
---@class multiprocessing.keywords.Cancel
---@field running? boolean whether to stop it in a worker too, which Python cannot; false

---Cancels the task if no worker has it.
---@param keywords? multiprocessing.keywords.Cancel
---@return boolean # whether it is cancelled now
function Future:cancel(keywords) end

---Calls a function when the future is done: at once if it is, else in a blocking call of this process.
---@param fn function|multiprocessing.Keywords is called with the future
function Future:add_done_callback(fn) end

---Says that the task begins, for futures without an executor.
---@return boolean # false when it was cancelled
function Future:set_running_or_notify_cancel() end

---Gives a future its result.
---
---Raises `InvalidStateError` when it is done.
---@param result any the result
function Future:set_result(result) end

---Gives a future its error.
---
---Raises `InvalidStateError` when it is done.
---@param exception any the error
function Future:set_exception(exception) end

futures.ProcessPoolExecutor = mp.ProcessPoolExecutor
futures.as_completed = mp.as_completed

-- Shared memory with names

---Blocks of memory that other programs find by name, Python's too. Also
---`require "multiprocessing.shared_memory"`.
---
---```lua
---local shared_memory = mp.shared_memory
---local list = shared_memory.ShareableList{1, "x", shared_memory.bytes "y"}
---print(#list, list[2]) --> 3	x
---list.shm:unlink()
---```
---@class multiprocessing.shared_memory
local shared_memory = {}
mp.shared_memory = shared_memory

---Keywords of `SharedMemory`.
---@class multiprocessing.keywords.SharedMemory
---@field track? boolean whether the block goes with the program that made it; true

---A block of memory with a name.
---
---It lives until `unlink()`, or until the last process of the program that made it has ended.
---
---```lua
---local shm = mp.shared_memory.SharedMemory{create = true, size = 10}
---shm.buf:set(1, "hello")
---local again = mp.shared_memory.SharedMemory(shm.name)
---print(again.buf:get(1, 5), again.size) --> hello	10
---again:close()
---shm:unlink()
---```
---@class multiprocessing.shared_memory.SharedMemory
---@field buf multiprocessing.memoryview Its bytes.
---@field name string Its name, for other programs.
---@field size integer How many bytes it has.
local SharedMemory = {}

---Raises `FileNotFoundError` when there is none of that name, `FileExistsError` when there is one and
---`create` is true, `OSError` when the memory is full.
---@param name? string|multiprocessing.Keywords its name; else a new one
---@param create? boolean|multiprocessing.Keywords whether to make it; false
---@param size? integer|multiprocessing.Keywords how many bytes it has
---@param keywords? multiprocessing.keywords.SharedMemory
---@return multiprocessing.shared_memory.SharedMemory
function shared_memory.SharedMemory(name, create, size, keywords) end

---Closes it for this process; so does the end of `local shm <close> = …`.
function SharedMemory:close() end

---Takes the name away; the memory is freed when nobody has it open.
---
---Raises `FileNotFoundError` when that was done before.
function SharedMemory:unlink() end

---The bytes of a block: `buf[i]` is a byte, from 1 on; nil outside.
---
---```lua
---local shm <close> = mp.shared_memory.SharedMemory{create = true, size = 4}
---local buf = shm.buf
---buf:fill(65)
---buf:set(2, "bc")
---buf[4] = 0
---print(buf:get(1, 3), buf[4], #buf) --> Abc	0	4
---shm:unlink()
---```
---@class multiprocessing.memoryview
local memoryview = {}

---The bytes from one place to another as a string, as `string.sub` counts them.
---@param i? integer|multiprocessing.Keywords the first place; 1
---@param j? integer|multiprocessing.Keywords the last place; -1
---@return string
function memoryview:get(i, j) end

---Writes a string, whole or not at all.
---
---Raises `IndexError` when it does not fit.
---@param i integer the first place
---@param s string the bytes
function memoryview:set(i, s) end

---Writes one byte to many places.
---
---Raises `ValueError` unless it is a byte.
---@param byte integer the byte, 0 to 255
---@param i? integer|multiprocessing.Keywords the first place; 1
---@param j? integer|multiprocessing.Keywords the last place; -1
function memoryview:fill(byte, i, j) end

---Keywords of `ShareableList`.
---@class multiprocessing.keywords.ShareableList
---@field name? string its name, for other programs; without a list it is opened by that

---A list of numbers, strings, booleans and nils in a block with a name; its length is fixed.
---
---`list[i]` and `#list` work, and `pairs` goes over nil items too. A string that is no UTF-8 is `bytes` in
---Python.
---
---```lua
---local list = mp.shared_memory.ShareableList{1, "x", 2.5}
---list[1] = 7
---print(list[1], list:index("x"), list:count("x"), list.format) --> 7	2	1	q8sd
---list.shm:close()
---list.shm:unlink()
---```
---@class multiprocessing.shared_memory.ShareableList
---@field shm multiprocessing.shared_memory.SharedMemory The block that it is in.
---@field format string Its types, as Python's `struct` writes them.
local ShareableList = {}

---Raises `FileNotFoundError` when there is none of that name, `TypeError` for other items.
---@param sequence? any[] the items, or a ShareableList, which is copied
---@param keywords? multiprocessing.keywords.ShareableList
---@return multiprocessing.shared_memory.ShareableList
function shared_memory.ShareableList(sequence, keywords) end

---How many items are equal to a value.
---@param value any the value
---@return integer
function ShareableList:count(value) end

---The first place of a value, from 1.
---
---Raises `ValueError` when it is not there.
---@param value any the value
---@return integer
function ShareableList:index(value) end

---An item of a list that Python gets as `bytes`, though it be UTF-8.
---@param s string the bytes
---@return userdata
function shared_memory.bytes(s) end

---Shared values and arrays, as in Python. Also `require "multiprocessing.sharedctypes"`.
---
---```lua
---local sharedctypes = mp.sharedctypes
---local v = sharedctypes.synchronized(mp.RawValue("i", 3), {lock = mp.Lock()})
---print(v.value, sharedctypes.copy(v).value) --> 3	3
---```
---@class multiprocessing.sharedctypes
local sharedctypes = {}
mp.sharedctypes = sharedctypes

---New memory with the same contents, without a lock.
---@param obj any a value or an array
---@return any
function sharedctypes.copy(obj) end

---The same memory with a lock.
---
---Raises `TypeError` unless it is a value or an array, `AssertionError` when it has a lock already.
---@param obj any a raw value or a raw array
---@param lock? multiprocessing.Lock|multiprocessing.Keywords the lock; a new one
---@return any
function sharedctypes.synchronized(obj, lock) end

sharedctypes.Array = mp.Array
sharedctypes.RawArray = mp.RawArray
sharedctypes.RawValue = mp.RawValue
sharedctypes.Value = mp.Value

---`require "multiprocessing.connection"`, as in Python.
---
---```lua
---print(mp.connection.wait == mp.wait) --> true
---```
---@class multiprocessing.connection
local connection = {}
mp.connection = connection
connection.Pipe = mp.Pipe
connection.wait = mp.wait

---`require "multiprocessing.pool"`, as in Python.
---
---```lua
---print(mp.pool.Pool == mp.Pool) --> true
---```
---@class multiprocessing.pool
local pool = {}
mp.pool = pool
pool.Pool = mp.Pool

---How values are sent. Also `require "multiprocessing.reduction"`.
---
---```lua
---print(mp.reduction.ForkingPickler ~= nil) --> true
---```
---@class multiprocessing.reduction
local reduction = {}
mp.reduction = reduction

---Values as strings, in the form in which they are sent.
---
---```lua
---local pickler = mp.reduction.ForkingPickler
---print(pickler.loads(pickler.dumps{1, 2})[2]) --> 2
---```
---@class multiprocessing.reduction.ForkingPickler
local ForkingPickler = {}
reduction.ForkingPickler = ForkingPickler

---A value as a string.
---
---Raises `SerializationError` for what cannot be sent, and for what is shared.
---@param value any the value
---@return string
function ForkingPickler.dumps(value) end

---The value that such a string stands for. It must come from the same program.
---@param string string what `dumps` gave
---@return any
function ForkingPickler.loads(string) end

---Makes objects with this metatable travel by a name, so that they arrive with the receiver's own.
---
---Raises `ValueError` when the name stands for another metatable.
---
---```lua
---local Point = mp.register("Point", {__name = "Point"})
---local q = mp.Queue()
---q:put(setmetatable({x = 1}, Point))
---print(getmetatable(q:get()) == Point) --> true
---```
---@param name string the name
---@param metatable table the metatable
---@return table # the metatable
function mp.register(name, metatable) end

-- Logging

---The logger of the module. Also `require "multiprocessing.logging"`.
---
---```lua
---print(mp.logging.get_logger() == mp.get_logger()) --> true
---```
---@class multiprocessing.logging
local logging = {}
mp.logging = logging

---Writes what processes say of themselves. Messages are formats, as of `string.format`.
---
---```lua
---local logger = mp.get_logger()
---logger:setLevel(mp.INFO)
---print(logger.level, logger.name, logger:getEffectiveLevel()) --> 20	multiprocessing	20
---print(logger:isEnabledFor(mp.DEBUG), logger:isEnabledFor("ERROR")) --> false	true
---logger:setLevel(mp.CRITICAL + 1)
---logger:debug("%d of %d", 1, 2)
---logger:info("begun")
---logger:warn("late")
---logger:warning("late")
---logger:error("failed")
---logger:critical("lost")
---logger:log(mp.SUBWARNING, "between INFO and WARNING")
---```
---@class multiprocessing.Logger
---@field level integer The least level that is written; 0 for WARNING.
---@field name string The name of the logger.
local Logger = {}

---Writes a message of level DEBUG.
---@param message any the text, or a format
---@param ... any what goes into the format
function Logger:debug(message, ...) end

---Writes a message of level INFO.
---@param message any the text, or a format
---@param ... any what goes into the format
function Logger:info(message, ...) end

---Writes a message of level WARNING.
---@param message any the text, or a format
---@param ... any what goes into the format
function Logger:warning(message, ...) end

---The same as `warning`.
---@param message any the text, or a format
---@param ... any what goes into the format
function Logger:warn(message, ...) end

---Writes a message of level ERROR.
---@param message any the text, or a format
---@param ... any what goes into the format
function Logger:error(message, ...) end

---Writes a message of level CRITICAL.
---@param message any the text, or a format
---@param ... any what goes into the format
function Logger:critical(message, ...) end

---Writes a message of any level.
---@param level integer|string the level, or its name
---@param message any the text, or a format
---@param ... any what goes into the format
function Logger:log(level, message, ...) end

---Sets the least level that is written.
---@param level integer|string|multiprocessing.Keywords the level, or its name
function Logger:setLevel(level) end

---The least level that is written.
---@return integer
function Logger:getEffectiveLevel() end

---Whether messages of a level are written.
---@param level integer|string|multiprocessing.Keywords the level, or its name
---@return boolean
function Logger:isEnabledFor(level) end

---The logger.
---
---```lua
---print(mp.get_logger().name) --> multiprocessing
---```
---@return multiprocessing.Logger
function mp.get_logger() end

---Makes the logger write to standard error.
---
---Raises `ValueError` for an unknown level.
---
---```lua
---mp.log_to_stderr{level = mp.ERROR}
---print(mp.get_logger().level) --> 40
---```
---@param level? integer|string|multiprocessing.Keywords the least level that is written
---@return multiprocessing.Logger
function mp.log_to_stderr(level) end

---A level: no level of its own.
---
---```lua
---print(mp.NOTSET) --> 0
---```
mp.NOTSET = 0
logging.NOTSET = mp.NOTSET

---A level: below DEBUG.
---
---```lua
---print(mp.SUBDEBUG) --> 5
---```
mp.SUBDEBUG = 5
logging.SUBDEBUG = mp.SUBDEBUG

---A level: what each part does.
---
---```lua
---print(mp.DEBUG) --> 10
---```
mp.DEBUG = 10
logging.DEBUG = mp.DEBUG

---A level: starts and ends of processes.
---
---```lua
---print(mp.INFO) --> 20
---```
mp.INFO = 20
logging.INFO = mp.INFO

---A level: between INFO and WARNING.
---
---```lua
---print(mp.SUBWARNING) --> 25
---```
mp.SUBWARNING = 25
logging.SUBWARNING = mp.SUBWARNING

---A level: what may be wrong.
---
---```lua
---print(mp.WARNING) --> 30
---```
mp.WARNING = 30
logging.WARNING = mp.WARNING

---A level: what failed.
---
---```lua
---print(mp.ERROR) --> 40
---```
mp.ERROR = 40
logging.ERROR = mp.ERROR

---A level: what ends the program.
---
---```lua
---print(mp.CRITICAL) --> 50
---```
mp.CRITICAL = 50
logging.CRITICAL = mp.CRITICAL

logging.get_logger = mp.get_logger
logging.log_to_stderr = mp.log_to_stderr

-- Small functions

---Numbers from one to another, as a list that takes no room: `ipairs`, `pairs`, `#` and `r[i]` work.
---
---```lua
---for i, n in ipairs(mp.range(10, 16, 3)) do print(i, n) end --> 1	10
-----> 2	13
---print(#mp.range(5), mp.range(5)[1]) --> 5	0
---```
---@class multiprocessing.range

---Raises `ValueError` for a step of 0.
---@param start_or_stop integer the first number, or the end when it is alone: then the first is 0
---@param stop? integer the end, which is not in it
---@param step? integer what each number is greater than the one before; 1
---@return multiprocessing.range
function mp.range(start_or_stop, stop, step) end

---A value in Lua syntax, as Python's `repr`.
---
---```lua
---print(mp.repr{1, "x", y = 2.5}) --> {1, "x", y = 2.5}
---```
---@param v any the value
---@return string
function mp.repr(v) end

---Waits for a time. Callbacks of pools run meanwhile.
---
---Raises `ValueError` for a negative time.
---
---```lua
---mp.sleep(0.01)
---```
---@param seconds number how long
function mp.sleep(seconds) end

---Seconds of a clock that never goes back. Python: `time.monotonic`.
---
---```lua
---local start = mp.time()
---print(mp.time() >= start) --> true
---```
---@return number
function mp.time() end

---Whether waits that nobody is left to end raise `DeadlockError`, in the whole program.
---
---```lua
---mp.set_deadlock_detection(false)
---```
---@param enabled boolean whether they do
function mp.set_deadlock_detection(enabled) end

---Prints the help of a value, or of a name: `mp.help(mp.Queue)`, `mp.help "Queue.put"`.
---
---```lua
---mp.help "mp.INFO" --> mp.INFO = 20
----->
-----> A level: starts and ends of processes.
----->
-----> Example
----->   print(mp.INFO) --> 20
---```
---@param x? any what to explain; without it, what there is
function mp.help(x) end

-- Errors

---The class that all errors extend: `mp.classes.Exception`.
---
---`error(mp.ValueError("text"))` raises one. `tostring` and `..` work on errors.
---
---```lua
---local MyError = mp.RuntimeError:extend("MyError")
---local ok, err = pcall(error, MyError("no"))
---print(ok, err.name, err.message, err:is(mp.RuntimeError)) --> false	MyError	no	true
---print(err.where ~= nil, err.traceback ~= nil, err.errno) --> true	true	nil
---print(mp.ValueError(7).value) --> 7
---```
---@class multiprocessing.Exception
---@field name string The name of its class.
---@field message string What happened.
---@field where? string Where, as `file:line`.
---@field traceback? string The calls that led there, in a worker too.
---@field value? any What else there is to know: a message, a count, what was raised.
---@field errno? integer The number of the system's error, of an `OSError`.
---@overload fun(message?: any): multiprocessing.Exception
local Exception = {}

---Whether it is of a class, or of one that extends it.
---@param class multiprocessing.Exception the class
---@return boolean
function Exception:is(class) end

---Makes a class of errors that extends this one: `mp.ValueError:extend("MyError")`.
---@param name string the name of the class
---@return multiprocessing.Exception
function Exception:extend(name) end

---Something was used as its state does not allow: a process started twice.
---
---```lua
---print(mp.AssertionError("text")) --> AssertionError: text
---```
---@class multiprocessing.AssertionError: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.AssertionError
mp.AssertionError = {}

---A field that there is not, or that cannot be set.
---
---```lua
---print(mp.AttributeError("text")) --> AttributeError: text
---```
---@class multiprocessing.AttributeError: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.AttributeError
mp.AttributeError = {}

---Nothing can come any more through a pipe.
---
---```lua
---print(mp.EOFError("text")) --> EOFError: text
---```
---@class multiprocessing.EOFError: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.EOFError
mp.EOFError = {}

---There was no message in the queue in time.
---
---```lua
---print(mp.Empty("text")) --> Empty: text
---```
---@class multiprocessing.Empty: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.Empty
mp.Empty = {}

---There was no room in the queue in time. Of `put_many`, `value` says how many were put.
---
---```lua
---print(mp.Full("text")) --> Full: text
---```
---@class multiprocessing.Full: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.Full
mp.Full = {}

---The queue was shut down.
---
---```lua
---print(mp.ShutDown("text")) --> ShutDown: text
---```
---@class multiprocessing.ShutDown: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.ShutDown
mp.ShutDown = {}

---A place outside of an array or a block.
---
---```lua
---print(mp.IndexError("text")) --> IndexError: text
---```
---@class multiprocessing.IndexError: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.IndexError
mp.IndexError = {}

---A future that is done cannot get another result.
---
---```lua
---print(mp.InvalidStateError("text")) --> InvalidStateError: text
---```
---@class multiprocessing.InvalidStateError: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.InvalidStateError
mp.InvalidStateError = {}

---The future or the task was cancelled.
---
---```lua
---print(mp.CancelledError("text")) --> CancelledError: text
---```
---@class multiprocessing.CancelledError: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.CancelledError
mp.CancelledError = {}

---Ctrl-C, or SIGINT.
---
---```lua
---print(mp.KeyboardInterrupt("text")) --> KeyboardInterrupt: text
---```
---@class multiprocessing.KeyboardInterrupt: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.KeyboardInterrupt
mp.KeyboardInterrupt = {}

---SIGTERM came. Python has no such class: its processes just end.
---
---```lua
---print(mp.Terminated("text")) --> Terminated: text
---```
---@class multiprocessing.Terminated: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.Terminated
mp.Terminated = {}

---The system refused something; `errno` is its number.
---
---```lua
---print(mp.OSError("text")) --> OSError: text
---```
---@class multiprocessing.OSError: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.OSError
mp.OSError = {}

---Nobody has the other end of the pipe.
---
---```lua
---print(mp.BrokenPipeError("text")) --> BrokenPipeError: text
---```
---@class multiprocessing.BrokenPipeError: multiprocessing.OSError
---@overload fun(message?: any): multiprocessing.BrokenPipeError
mp.BrokenPipeError = {}

---There is a block of that name already.
---
---```lua
---print(mp.FileExistsError("text")) --> FileExistsError: text
---```
---@class multiprocessing.FileExistsError: multiprocessing.OSError
---@overload fun(message?: any): multiprocessing.FileExistsError
mp.FileExistsError = {}

---There is no block of that name.
---
---```lua
---print(mp.FileNotFoundError("text")) --> FileNotFoundError: text
---```
---@class multiprocessing.FileNotFoundError: multiprocessing.OSError
---@overload fun(message?: any): multiprocessing.FileNotFoundError
mp.FileNotFoundError = {}

---A number that does not fit the type of a value or an array.
---
---```lua
---print(mp.OverflowError("text")) --> OverflowError: text
---```
---@class multiprocessing.OverflowError: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.OverflowError
mp.OverflowError = {}

---The class that errors of this module extend, as in Python.
---
---```lua
---print(mp.ProcessError("text")) --> ProcessError: text
---```
---@class multiprocessing.ProcessError: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.ProcessError
mp.ProcessError = {}

---A message did not fit; `value` is the message.
---
---```lua
---print(mp.BufferTooShort("text")) --> BufferTooShort: text
---```
---@class multiprocessing.BufferTooShort: multiprocessing.ProcessError
---@overload fun(message?: any): multiprocessing.BufferTooShort
mp.BufferTooShort = {}

---The time was over.
---
---```lua
---print(mp.TimeoutError("text")) --> TimeoutError: text
---```
---@class multiprocessing.TimeoutError: multiprocessing.ProcessError
---@overload fun(message?: any): multiprocessing.TimeoutError
mp.TimeoutError = {}

---A task raised what is no error object; `value` is that.
---
---```lua
---print(mp.RemoteError("text")) --> RemoteError: text
---```
---@class multiprocessing.RemoteError: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.RemoteError
mp.RemoteError = {}

---Something that cannot be done now.
---
---```lua
---print(mp.RuntimeError("text")) --> RuntimeError: text
---```
---@class multiprocessing.RuntimeError: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.RuntimeError
mp.RuntimeError = {}

---The barrier broke: by `abort`, a timeout, or a party's death.
---
---```lua
---print(mp.BrokenBarrierError("text")) --> BrokenBarrierError: text
---```
---@class multiprocessing.BrokenBarrierError: multiprocessing.RuntimeError
---@overload fun(message?: any): multiprocessing.BrokenBarrierError
mp.BrokenBarrierError = {}

---Nobody is left who could end the wait. Python waits for ever.
---
---```lua
---print(mp.DeadlockError("text")) --> DeadlockError: text
---```
---@class multiprocessing.DeadlockError: multiprocessing.RuntimeError
---@overload fun(message?: any): multiprocessing.DeadlockError
mp.DeadlockError = {}

---Something that there is not.
---
---```lua
---print(mp.NotImplementedError("text")) --> NotImplementedError: text
---```
---@class multiprocessing.NotImplementedError: multiprocessing.RuntimeError
---@overload fun(message?: any): multiprocessing.NotImplementedError
mp.NotImplementedError = {}

---The executor cannot go on.
---
---```lua
---print(mp.BrokenExecutor("text")) --> BrokenExecutor: text
---```
---@class multiprocessing.BrokenExecutor: multiprocessing.RuntimeError
---@overload fun(message?: any): multiprocessing.BrokenExecutor
mp.BrokenExecutor = {}

---The workers cannot go on: their initializer fails.
---
---```lua
---print(mp.BrokenProcessPool("text")) --> BrokenProcessPool: text
---```
---@class multiprocessing.BrokenProcessPool: multiprocessing.BrokenExecutor
---@overload fun(message?: any): multiprocessing.BrokenProcessPool
mp.BrokenProcessPool = {}

---The worker of a task died; the message says who, and of what.
---
---```lua
---print(mp.WorkerLost("text")) --> WorkerLost: text
---```
---@class multiprocessing.WorkerLost: multiprocessing.BrokenProcessPool
---@overload fun(message?: any): multiprocessing.WorkerLost
mp.WorkerLost = {}

---A value of another type, or a call with other arguments.
---
---```lua
---print(mp.TypeError("text")) --> TypeError: text
---```
---@class multiprocessing.TypeError: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.TypeError
mp.TypeError = {}

---A value that is not allowed.
---
---```lua
---print(mp.ValueError("text")) --> ValueError: text
---```
---@class multiprocessing.ValueError: multiprocessing.Exception
---@overload fun(message?: any): multiprocessing.ValueError
mp.ValueError = {}

---Something that cannot be sent; the message says where it is.
---
---```lua
---print(mp.SerializationError("text")) --> SerializationError: text
---```
---@class multiprocessing.SerializationError: multiprocessing.ValueError
---@overload fun(message?: any): multiprocessing.SerializationError
mp.SerializationError = {}

---The result of a task that cannot be sent; `value` is what it was, `exc` why, both as text.
---
---```lua
---local pool <close> = mp.Pool(1)
---local ok, err = pcall(pool.apply, pool, function() return io.tmpfile() end)
---print(ok, err.name) --> false	MaybeEncodingError
---print(err.exc) --> SerializationError: cannot send result (userdata FILE*)
---```
---@class multiprocessing.MaybeEncodingError: multiprocessing.SerializationError
---@field exc string Why it cannot be sent.
---@overload fun(message?: any): multiprocessing.MaybeEncodingError
mp.MaybeEncodingError = {}
pool.MaybeEncodingError = mp.MaybeEncodingError

futures.BrokenExecutor = mp.BrokenExecutor
futures.BrokenProcessPool = mp.BrokenProcessPool
futures.CancelledError = mp.CancelledError
futures.InvalidStateError = mp.InvalidStateError
futures.TimeoutError = mp.TimeoutError

return mp
