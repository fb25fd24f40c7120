-- A pool that is joined draws what is left of an unread imap, but not without bound.
local mp = require "multiprocessing"

do
  local pool <close> = mp.Pool(2)
  local drawn = 0
  local results = pool:imap(function(n) return n .. ("x"):rep(1 << 20) end, function()
    drawn = drawn + 1
    return drawn
  end)
  pool:close()
  for _ = 1, 2 do
    local ok, err = pcall(pool.join, pool)
    assert(not ok and err:is(mp.RuntimeError), err)
    assert(err.message == "join() cannot end: the input of an imap is a function that has given "
      .. drawn .. " items and goes on, and nobody takes the results: take them first, or call "
      .. "pool:terminate()", err.message)
    assert(drawn >= 64 and drawn < 200, drawn)
  end
  -- Nothing is lost by that.
  for result, place in results do
    assert(result:match "^%d+" == tostring(place))
    if place == 250 then break end
  end
  pool:terminate()
  pool:join()
end

-- One that ends is complete.
local pool <close> = mp.Pool(2)
local left = 1000
local results = pool:imap(function(n) return 2 * n end, function()
  left = left - 1
  if left >= 0 then return left end
end)
pool:close()
pool:join()
assert(left == -1, left)
local count = 0
for result, place in results do
  assert(result == 2 * (1000 - place))
  count = count + 1
end
assert(count == 1000)
print "ok"
