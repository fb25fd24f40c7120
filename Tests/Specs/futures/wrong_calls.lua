-- What newcomers get wrong is explained.
local mp = require "multiprocessing"
local futures = mp.futures

local function fails(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class), tostring(err))
  assert(err.message:find(text, 1, true), err.message)
end

local make = mp.ProcessPoolExecutor
fails(mp.ValueError, "max_workers must be greater than 0", make, 0)
fails(mp.ValueError, "max_workers must be greater than 0", make, {max_workers = -1})
fails(mp.TypeError, "max_workers must be an integer, got string", make, "4")
fails(mp.TypeError, "initializer must be a callable", make, {initializer = 5})
fails(mp.TypeError, "max_tasks_per_child must be an integer", make, {max_tasks_per_child = "x"})
fails(mp.ValueError, "max_tasks_per_child must be >= 1", make, {max_tasks_per_child = 0})
fails(mp.TypeError, "initargs", make, {initargs = 5})
fails(mp.TypeError, "got an unexpected keyword argument 'workers'; it takes max_workers", make,
  {workers = 4})
fails(mp.TypeError, "with a dot", make, mp, 4)
fails(mp.TypeError, "with a dot", make, futures, 4)
fails(mp.TypeError, "mp_context must be a context, got string; write mp.get_context(\"spawn\")",
  make, 1, "spawn")
fails(mp.ValueError, "timeout must be more than 0", make, {timeout = 0})
fails(mp.ValueError, "retries must be at least 0", make, {retries = -1})
fails(mp.TypeError, "positional value in a keyword table", make, {4})

local executor <close> = make(1)
fails(mp.TypeError, "submit() missing 1 required argument: 'fn'", executor.submit, executor)
fails(mp.TypeError, "fn must be a function, got nil", executor.submit, executor, nil, 1)
fails(mp.TypeError, "fn must be a function, got table; it has no keywords", executor.submit, executor,
  {fn = print})
fails(mp.TypeError, "call it as executor:submit()", function() executor.submit(print) end)
fails(mp.TypeError, "iterable must be a list, got string; write executor:map(f, {\"abc\"})", executor.map,
  executor, print, "abc")
fails(mp.TypeError, "call it as executor:map()", function() executor.map(print, {1}) end)
fails(mp.TypeError, "unexpected keyword argument 'cancel'; it takes wait, cancel_futures",
  executor.shutdown, executor, {cancel = true})
fails(mp.TypeError, "wait must be a boolean", executor.shutdown, executor, 5)
fails(mp.AttributeError, "'ProcessPoolExecutor' object has no attribute 'x'",
  function() executor.x = 1 end)
fails(mp.TypeError, "a future has no items by position; write future:result()", function()
  for _ in ipairs(mp.futures.Future()) do end
end)

-- It stays in its process.
fails(mp.SerializationError, "ProcessPoolExecutor", function() mp.Queue():put(executor) end)
print "ok"
