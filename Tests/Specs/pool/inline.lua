-- fork only: it uses the context.
-- The pool of the context `inline`: the same methods, in the calling process.
local mp = require "multiprocessing"
local ctx = mp.get_context "inline"

local function fails(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class), tostring(err))
  assert(err.message:find(text, 1, true), err.message)
  return err
end

local begun = {}
local pool <close> = ctx.Pool(4, function(a) begun[1] = a end, {7})
assert(begun[1] == 7)
local calls = 0
local function add(a, b, kwds)
  calls = calls + 1
  return a + b, kwds and kwds.c
end
assert(pool:apply(add, {1, 2}) == 3 and calls == 1)
local sum, c = pool:apply(add, {1, 2}, {kwds = {c = 5}})
assert(sum == 3 and c == 5)
assert(pool:apply(function(kwds) return kwds.c end, {}, {c = 6}) == 6)
-- Nothing is copied.
local t = {}
assert(pool:apply(function(x) return x end, {t}) == t)
assert(pool:apply(mp.getpid) == mp.getpid())

-- Results are there at once, callbacks too.
local seen = {}
local result = pool:apply_async(add, {3, 4}, {callback = function(v) seen[#seen + 1] = v end})
assert(seen[1] == 7 and result:ready() and result:successful() and result:get() == 7)
assert(result:cancel() == false and select(2, result:try_get()) == 7)
result:wait(1)
result = pool:apply_async(function() error(mp.ValueError "x") end, nil, nil, nil,
  function(err) seen[#seen + 1] = err end)
assert(seen[2]:is(mp.ValueError) and not result:successful())
assert(fails(mp.ValueError, "x", result.get, result) == seen[2])
local ok, err = result:try_get()
assert(ok == false and err == seen[2])

-- Errors keep their own stack.
local function deep() error "deep" end
local function outer()
  deep()
  return 1
end
err = fails(mp.RemoteError, "deep", pool.apply, pool, outer)
assert(err.value:find "inline.lua:%d+: deep$")
assert(err.traceback:find "in upvalue 'deep'" and err.traceback:find "in main chunk", err.traceback)

-- Lists, ranges, arrays, functions.
local function square(x) return x * x end
assert(table.concat(pool:map(square, {1, 2, 3}), " ") == "1 4 9")
assert(table.concat(pool:map(square, mp.range(3), 2), " ") == "0 1 4")
assert(pool:map(function() end, {1, 2}).n == 2)
assert(pool:starmap(function(a, b) return a * b end, {{2, 3}, {4, 5}})[2] == 20)
assert(pool:map_async(square, {4}):get()[1] == 16)
assert(pool:starmap_async(math.max, {{1, 5}}):get()[1] == 5)
local n = 0
local function naturals()
  n = n + 1
  return n
end
for value, position in pool:imap(square, naturals) do
  assert(value == position * position and n == position)
  if position == 5 then break end
end
local list = {}
for value in pool:imap_unordered(square, {1, 2}) do list[#list + 1] = value end
for value in pool:istarmap(math.min, {{9, 8}}) do list[#list + 1] = value end
assert(table.concat(list, " ") == "1 4 8")
local iterator = pool:imap(function(x) if x ~= 2 then return x end end, {1, 2, 3})
assert(iterator:next() == 1)
fails(mp.ValueError, "the result for item 2 is nil", iterator)
assert(iterator() == 3 and iterator() == nil)
iterator = pool:imap(function(x) error(x) end, {1, 2})
assert(fails(mp.RemoteError, "", iterator).value == 1)
assert(fails(mp.RemoteError, "", iterator).value == 2)

-- os.exit ends the task.
fails(mp.RuntimeError, "os.exit(3)", pool.apply, pool, os.exit, {3})

-- The same refusals.
fails(mp.TypeError, "func must be a function, got table", pool.map, pool, {1}, square)
fails(mp.TypeError, "unexpected keyword argument 'chunk'", pool.map, pool, square, {1}, {chunk = 2})
fails(mp.ValueError, "Chunksize must be 1+, not 0", pool.imap, pool, square, {1}, 0)
fails(mp.TypeError, "", pool.map, pool, square, pairs{1})
fails(mp.TypeError, "call it as pool:map()", function() pool.map(square, {1}) end)
fails(mp.ValueError, "Pool is still running", pool.join, pool)
assert(tostring(pool) == "<multiprocessing.pool.Pool inline state=RUN>" and pool:stats().done > 10)
pool:close()
pool:join()
fails(mp.ValueError, "Pool not running", pool.apply, pool, add, {1, 2})
fails(mp.ValueError, "Number of processes must be at least 1", ctx.Pool, 0)
assert(#mp.active_children() == 0)

-- The executor.
do
  local executor <close> = mp.ProcessPoolExecutor(2, ctx)
  local future = executor:submit(add, 5, 6)
  assert(future:done() and future:result() == 11)
  future = executor:submit(function() error(mp.ValueError "in place") end)
  assert(future:exception():is(mp.ValueError))
  assert(future:exception().traceback:find "in main chunk")
  local order = {}
  for value, position in executor:map(add, {1, 2, 3}, {10, 20}) do order[position] = value end
  assert(table.concat(order, " ") == "11 22")
  for f in mp.as_completed{future} do assert(f == future) end
  assert(ctx.ProcessPoolExecutor(2):submit(mp.getpid):result() == mp.getpid())
end

-- Chosen for the whole program.
mp.set_start_method("inline", {force = true})
local chosen = mp.Pool(2)
assert(chosen:apply(mp.getpid) == mp.getpid())
assert(mp.ProcessPoolExecutor(1):submit(mp.getpid):result() == mp.getpid())
print "ok"
