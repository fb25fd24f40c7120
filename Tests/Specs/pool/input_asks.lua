-- An input that asks its own iterator gets what is under way; it is drawn in its order all the same.
local mp = require "multiprocessing"
local pool = mp.Pool(2)
local function id(x) return x end
local n, iterator = 0, nil
local taken = {}
iterator = pool:imap(id, function()
  n = n + 1
  if n == 7 then
    local value, place = iterator()
    taken[value] = place
  end
  if n < 10 then return n end
end)
for value, place in iterator do
  assert(not taken[value])
  taken[value] = place
end
for i = 1, 9 do assert(taken[i] == i, mp.repr(taken)) end

-- Nothing is under way, or it waits for its own end.
local asks
local function fails(text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err.message:find(text, 1, true), err)
end
n = 0
iterator = pool:imap(id, function()
  n = n + 1
  if n == 2 then asks() end
  if n < 4 then return n end
end, {buffersize = 1})
asks = function() fails("called in its own input, and has no result left", iterator) end
assert(iterator() == 1 and iterator() == 2 and iterator() == 3 and iterator() == nil)
n = 0
for value in pool:imap(id, function()
  n = n + 1
  if n == 3 then
    pool:close()
    fails("join() cannot end: it was called in the input of what it waits for", pool.join, pool)
  end
  if n < 5 then return n end
end) do
  assert(value <= 4)
end
pool:join()
local executor = mp.ProcessPoolExecutor(1)
n = 0
for value in executor:map(id, function()
  n = n + 1
  if n == 3 then
    fails("shutdown() cannot end: it was called in the input of what it waits for",
      executor.shutdown, executor)
  end
  if n < 5 then return n end
end) do
  assert(value <= 4)
end
executor:shutdown()
print "ok"
