-- executor:map: results in order, several lists, chunks, windows, timeouts.
local mp = require "multiprocessing"

local function fails(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class), tostring(err))
  assert(err.message:find(text, 1, true), err.message)
end

local executor <close> = mp.ProcessPoolExecutor(2)
local function square(x) return x * x end

local function collect(...)
  local values, positions = {}, {}
  for value, position in ... do
    values[#values + 1] = value
    positions[#positions + 1] = position
  end
  for i, position in ipairs(positions) do assert(i == position) end
  return table.concat(values, " ")
end

assert(collect(executor:map(square, {1, 2, 3})) == "1 4 9")
assert(collect(executor:map(square, mp.range(5))) == "0 1 4 9 16")
assert(collect(executor:map(square, mp.Array("i", {3, 4}))) == "9 16")
assert(collect(executor:map(square, {})) == "")
-- Several lists: as long as the shortest.
local function join(a, b, c) return a .. b .. (c or "") end
assert(collect(executor:map(join, {1, 2, 3}, {"a", "b"})) == "1a 2b")
assert(collect(executor:map(join, {1, 2, 3}, mp.range(10, 20), {"x", "y", "z"})) == "110x 211y 312z")
assert(collect(executor:map(join, {1, 2}, {3, 4}, {chunksize = 2})) == "13 24")
-- A list of its own kind is no table of keywords.
assert(collect(executor:map(function(t) return t.chunksize end, {{chunksize = 4}})) == "4")
for _, chunksize in ipairs{1, 2, 3, 10} do
  assert(collect(executor:map(square, {1, 2, 3, 4, 5}, {chunksize = chunksize})) == "1 4 9 16 25")
end

-- All begin at the call, whether anybody asks for the results or not.
do
  local done = mp.Queue()
  local inner <close> = mp.ProcessPoolExecutor(2)
  inner:map(function(x) done:put(x) end, {1, 2, 3})
  inner:shutdown()
  assert(done:qsize() == 3)
end
do
  local done = mp.Queue()
  local n = 0
  local inner = mp.ProcessPoolExecutor(2)
  local results = inner:map(function(x)
    done:put(x)
    return x
  end, function()
    n = n + 1
    return n <= 50 and n or nil
  end)
  inner:shutdown()
  assert(done:qsize() == 50, done:qsize())
  assert(collect(results) == collect(executor:map(function(x) return x end, mp.range(1, 51))))
end

-- An endless input: as far as the window.
local drawn = 0
local function naturals()
  drawn = drawn + 1
  return drawn
end
local sum = 0
for value, position in executor:map(square, naturals, {buffersize = 4}) do
  sum = sum + value
  assert(drawn <= position + 4)
  if position == 10 then break end
end
assert(sum == 385)
drawn = 0
for _, position in executor:map(square, naturals) do
  if position == 5 then break end
end
assert(drawn < 1000)

-- With a window shutdown submits no more, as in Python; without one it does.
do
  local inner = mp.ProcessPoolExecutor(1)
  drawn = 0
  local windowed = inner:map(square, naturals, {buffersize = 2})
  inner:shutdown()
  assert(drawn == 2 and collect(windowed) == "1 4")
end

-- An error comes at its place, and ends it.
local results = executor:map(function(x)
  if x == 2 then error(mp.ValueError "two") end
  return x
end, {1, 2, 3})
assert(results() == 1)
fails(mp.ValueError, "two", results)
assert(results() == nil)

-- The time counts from the call.
local never = mp.Event()
results = executor:map(function(x)
  if x == 2 then never:wait() end
  return x
end, {1, 2}, {timeout = 0.3})
assert(results() == 1)
fails(mp.TimeoutError, "", results)
never:set()

-- A nil would end the loop.
results = executor:map(function() end, {1})
local ok, err = pcall(results)
assert(not ok and err:is(mp.ValueError) and err.message:find "would end the loop", tostring(err))

fails(mp.ValueError, "chunksize must be >= 1.", executor.map, executor, square, {1}, {chunksize = 0})
fails(mp.TypeError, "buffersize must be an integer or None", executor.map, executor, square, {1},
  {buffersize = "x"})
fails(mp.ValueError, "buffersize must be None or > 0", executor.map, executor, square, {1},
  {buffersize = 0})
fails(mp.TypeError, "missing 1 required argument", executor.map, executor, square)
fails(mp.TypeError, "fn must be a function, got table", executor.map, executor, {1}, square)
fails(mp.TypeError, "", executor.map, executor, square, {a = 1})
fails(mp.TypeError, "", executor.map, executor, square, pairs{1})
print "ok"
