-- What a newcomer writes is answered with what to write.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(1)
local function id(x) return x end
local function fails(text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and tostring(err) == text, tostring(err))
end

fails("ValueError: Number of processes must be at least 1", mp.Pool, 0)
fails("TypeError: initializer must be a callable", mp.Pool, 2, 5)
fails("ValueError: maxtasksperchild must be a positive int or None", mp.Pool, 2, nil, {}, 0)
fails("TypeError: initargs must be a list, got number; write initargs = {5}", mp.Pool,
  {initializer = id, initargs = 5})
fails("TypeError: processes must be an integer, got string", mp.Pool, "two")
fails("TypeError: processes must be an integer, got 2.5", mp.Pool, 2.5)
fails("TypeError: Pool() got an unexpected keyword argument 'procesess'; it takes processes, "
  .. "initializer, initargs, maxtasksperchild, context, max_memory_per_child",
  mp.Pool, {procesess = 3})
local ok, err = pcall(function() return mp:Pool(2) end)
assert(not ok and tostring(err):find("call it as mp.Pool(), with a dot", 1, true), err)
ok, err = pcall(function() return pool.map(id, {1}) end)
assert(not ok and tostring(err) == "TypeError: bad argument #1 to 'map' (Pool expected, got "
  .. "function; call it as pool:map())", err)
ok, err = pcall(function() return pool.close() end)
assert(not ok and tostring(err):find("call it as pool:close()", 1, true), err)

fails("TypeError: func must be a function, got number; write pool:map(f, list, {chunksize = 10})",
  pool.map, pool, 5, {1})
fails("TypeError: map() missing 1 required argument: 'iterable'", pool.map, pool, id)
fails("TypeError: iterable must be a list, got a table without [1]", pool.map, pool, id, {a = 1})
fails('TypeError: iterable must be a list, got string; write pool:map(f, {"abc"})', pool.map, pool, id,
  "abc")
fails("TypeError: iterable must be a list, got number; write pool:imap_unordered(f, {5})",
  pool.imap_unordered, pool, id, 5)
fails("TypeError: iterable must be a list, got number; write pool:starmap(f, {{5}})", pool.starmap, pool,
  id, 5)
fails("TypeError: map: iterable is next, the first value of pairs(t): a pool goes over lists; put "
  .. "what you need of the table into one", pool.map, pool, id, pairs {a = 1})
fails("TypeError: imap: iterable is next, the first value of pairs(t): a pool goes over lists; put "
  .. "what you need of the table into one", pool.imap, pool, id, pairs {a = 1})
fails("TypeError: args must be a list, got number; write args = {5}", pool.apply, pool, id, 5)
fails("ValueError: Chunksize must be 1+, not 0", pool.imap, pool, id, {1}, 0)
fails("ValueError: timeout must be more than 0 seconds, got 0.0", pool.apply, pool, id, {1},
  {timeout = 0})
fails("ValueError: retries must be at least 0, got -1", pool.apply, pool, id, {1}, {retries = -1})
fails("TypeError: callback must be a function, got number", pool.apply_async, pool, id, {1}, {}, 5)
fails("TypeError: apply_async() got an unexpected keyword argument 'calback'; it takes func, args, "
  .. "kwds, callback, error_callback, timeout, retries", pool.apply_async, pool, id, {1},
  {}, {calback = id, timeout = 1})
fails("ValueError: Pool is still running", pool.join, pool)
ok, err = pcall(function() pool.size = 3 end)
assert(not ok and err:is(mp.AttributeError))
ok, err = pcall(pool.starmap, pool, id, {1, 2})
assert(not ok and err.message == "item 1 must be a list of arguments, got number", err)
-- A loop over what is no list is never just empty.
local function loop(list)
  for _ in ipairs(list) do end
end
local advice = "TypeError: what imap gives has no items by position; write for r, i in pool:imap(f, list) do"
for _, p in ipairs{pool, mp.get_context "inline".Pool(1)} do
  local list = p:map_async(id, {1, 2})
  fails("TypeError: a result has no items by position; result:get() gives them", loop, list)
  fails(advice, loop, p:imap(id, {1, 2}))
  assert(list.missing == nil and #list:get() == 2)
end

pool:close()
fails("ValueError: Pool not running", pool.apply, pool, id)
fails("ValueError: Pool not running", pool.map, pool, id, {})
pool:join()
pool:join()
print "ok"
