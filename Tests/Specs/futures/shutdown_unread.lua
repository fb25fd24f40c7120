-- An executor that is shut down draws what is left of a map from a function, but not without bound.
local mp = require "multiprocessing"

local function large(n) return n .. ("x"):rep(1 << 20) end

local drawn = 0
local function endless()
  drawn = drawn + 1
  return drawn
end

local function expected(count)
  return "shutdown() cannot end: the input of a map is a function that has given " .. count
    .. " items and goes on, and nobody takes the results: take them first, or call "
    .. "executor:shutdown(true, {cancel_futures = true})"
end

do
  local executor = mp.ProcessPoolExecutor(2)
  local results = executor:map(large, endless)
  for _ = 1, 2 do
    local ok, err = pcall(executor.shutdown, executor)
    assert(not ok and err:is(mp.RuntimeError), err)
    assert(err.message == expected(drawn), err.message)
    assert(drawn >= 64 and drawn < 200, drawn)
  end
  -- Nothing is lost by that.
  local taken = 0
  for result, place in results do
    assert(result:match "^%d+" == tostring(place))
    taken = place
    if place == 250 then break end
  end
  assert(taken == 250, taken)
  executor:shutdown(true, {cancel_futures = true})
end

-- A scope that ends so says it, and its workers are ended.
drawn = 0
local ok, err = pcall(function()
  local executor <close> = mp.ProcessPoolExecutor(2)
  executor:map(large, endless)
end)
assert(not ok and err.message == expected(drawn), err)
assert(#mp.active_children() == 0)

-- A function that ends is done to its end.
local sum = mp.Value("i", 0)
do
  local executor <close> = mp.ProcessPoolExecutor(2)
  local left = 1000
  executor:map(function(n)
    local held <close> = sum:get_lock():guard()
    sum.value = sum.value + n
  end, function()
    left = left - 1
    if left >= 0 then return 1 end
  end)
end
assert(sum.value == 1000, sum.value)
print "ok"
