// What the tests of the help ask the module itself.

enum HelpScripts {
  /// Prints an owner and a public name, for the module, its submodules and its classes.
  static let names = """
    local mp = require 'multiprocessing'
    -- What only the runtime uses, but which travels by name.
    local internal = {['.context'] = true, ['.classes'] = true, ['pool.worker'] = true}
    local function list(owner, t)
      while type(t) == 'table' do
        for name in pairs(t) do
          if not name:find '^__' and not internal[owner .. '.' .. name] then print(owner .. '\\t' .. name) end
        end
        local metatable = getmetatable(t)
        t = metatable and rawget(metatable, '__index')
      end
    end
    list('', mp)
    for name, methods in pairs(mp.classes) do list(name, methods) end
    for name, value in pairs(mp) do
      if type(value) == 'table' and name:find '^%l' and name ~= 'classes' and name ~= 'context' then
        list(name, value)
      end
    end
    list('reduction.ForkingPickler', mp.reduction.ForkingPickler)
    list('Process', mp.Process)
    """

  /// The classes of `objects`.
  static let hasObject: Set = [
    "SimpleQueue", "Queue", "JoinableQueue", "Lock", "RLock", "Semaphore", "BoundedSemaphore",
    "Condition", "Event", "Barrier", "Process", "Connection", "RawValue", "Value", "RawArray",
    "Array", "Pool", "InlinePool", "AsyncResult", "InlineResult", "IMapIterator", "InlineIterator",
    "ProcessPoolExecutor", "Future", "SharedMemory", "memoryview", "ShareableList",
  ]

  /// An object of each class, and a function that calls something to learn its parameters.
  static let objects = """
    local mp = require 'multiprocessing'
    local inline = mp.get_context 'inline'
    local pool <close> = mp.Pool(1)
    local ipool = inline.Pool()
    local executor <close> = mp.ProcessPoolExecutor(1)
    local shm <close> = mp.shared_memory.SharedMemory{create = true, size = 4}
    local list <close> = mp.shared_memory.ShareableList{1}
    shm:unlink()
    list.shm:unlink()
    local objects = {
      SimpleQueue = mp.SimpleQueue(), Queue = mp.Queue(), JoinableQueue = mp.JoinableQueue(),
      Lock = mp.Lock(), RLock = mp.RLock(), Semaphore = mp.Semaphore(),
      BoundedSemaphore = mp.BoundedSemaphore(), Condition = mp.Condition(), Event = mp.Event(),
      Barrier = mp.Barrier(1), Process = mp.Process(), Connection = (mp.Pipe()),
      RawValue = mp.RawValue('i'), Value = mp.Value('i'), RawArray = mp.RawArray('i', 1),
      Array = mp.Array('i', 1), Pool = pool, InlinePool = ipool,
      AsyncResult = pool:apply_async(math.abs, {1}), InlineResult = ipool:apply_async(math.abs, {1}),
      IMapIterator = pool:imap(math.abs, {1}), InlineIterator = ipool:imap(math.abs, {1}),
      ProcessPoolExecutor = executor, Future = mp.futures.Future(), SharedMemory = shm,
      memoryview = shm.buf, ShareableList = list,
    }
    local function ask(name, f, ...)
      local ok, err = pcall(f, ...)
      print(name .. '\\t' .. (ok and 'nothing' or tostring(err)))
    end
    ask('Process', mp.Process, nil, nil, nil, nil, nil, {no_such_keyword = 1})
    ask('ProcessPoolExecutor.map', executor.map, executor, math.abs, {1}, {no_such_keyword = 1})

    """

  /// Functions whose arguments are never keywords.
  static let withoutKeywords: Set = [
    "Exception.extend", "Exception.is", "Guarded.with", "Process.extend", "Process.init",
    "Process.run", "ProcessPoolExecutor.map", "ProcessPoolExecutor.submit", "RawArray.add",
    "RawArray.compare_exchange", "RawArray.fill", "RawValue.add", "RawValue.compare_exchange",
    "active_children", "allow_connection_pickling", "cpu_count", "current_process",
    "freeze_support", "get_all_start_methods", "get_logger", "getpid", "help", "parent_process",
    "range", "register", "repr", "shared_memory.bytes", "sharedctypes.copy", "sleep", "time",
  ]

  /// Values, and the first lines of their pages.
  static let values = [
    ("", "multiprocessing"), ("mp", "multiprocessing"), ("mp.Queue", "mp.Queue([maxsize])"),
    ("mp.Queue()", "mp.Queue([maxsize])"),
    ("mp.Queue().put", "Queue:put(obj [, block [, timeout]])"),
    (
      "mp.classes.Pool.map",
      "Pool:map(func, iterable [, chunksize] [, {timeout, retries, seed, progress}])"
    ),
    ("mp.futures", "mp.futures"),
    ("mp.futures.wait", "mp.futures.wait(fs [, timeout [, return_when]])"),
    ("mp.get_context 'spawn'", "Context"),
    ("mp.Empty", "mp.Empty"), ("mp.Empty()", "mp.Empty"), ("mp.Empty:extend 'Mine'", "mp.Empty"),
    ("(mp.Empty:extend 'Mine')()", "mp.Empty"),
    (
      "mp.Process:extend('W'){}",
      "mp.Process([group [, target [, name [, args [, kwargs]]]]] [, {daemon,"
    ),
    (
      "mp.get_context('spawn').Process",
      "mp.Process([group [, target [, name [, args [, kwargs]]]]] [, {daemon,"
    ),
    ("mp.Lock():guard()", "guard"), ("mp.range(3)", "mp.range(start_or_stop [, stop [, step]])"),
    ("mp.get_logger()", "Logger"),
    ("'Queue:put'", "Queue:put(obj [, block [, timeout]])"),
    ("'mp.JoinableQueue.get_nowait'", "JoinableQueue:get_nowait()"),
    ("'SharedMemory.unlink'", "shared_memory.SharedMemory:unlink()"),
    ("'INFO'", "mp.INFO = 20"), ("'Process.pid'", "Process.pid: integer?"),
    ("'mp.Queeu'", "no help for 'mp.Queeu'; near it: mp.Queue"),
    ("'get_manny'", "no help for 'get_manny'; near it: SimpleQueue:get_many"),
    ("'zzzzzzzz'", "no help for 'zzzzzzzz'; mp.help() lists all"),
    ("7", "no help for a value of type number"), ("print", "no help for a value of type function"),
    ("{}", "no help for a value of type table"),
  ]
}
