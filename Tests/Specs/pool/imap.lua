-- imap and imap_unordered: in order or as they come, value and position, errors at their place.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(2)
local function double(x) return 2 * x end

local seen = 0
for r, i in pool:imap(double, {5, 6, 7}) do
  seen = seen + 1
  assert(i == seen and r == 2 * (i + 4))
end
assert(seen == 3)
for chunk = 1, 8 do
  seen = 0
  for r, i in pool:imap(double, mp.range(1, 8), chunk) do
    seen = seen + 1
    assert(i == seen and r == 2 * i)
  end
  assert(seen == 7)
  local sum, places = 0, {}
  for r, i in pool:imap_unordered(double, mp.range(1, 8), chunk) do
    assert(r == 2 * i and not places[i])
    places[i] = true
    sum = sum + r
  end
  assert(sum == 56)
end
for _ in pool:imap(double, {}) do error "there is nothing" end
seen = 0
for r, i in pool:istarmap(function(a, b) return a * b end, {{2, 3}, {4, 5}}) do
  seen = seen + r * i
end
assert(seen == 6 + 2 * 20)
seen = 0
for r in pool:istarmap_unordered(function(a, b) return a * b end, {{2, 3}, {4, 5}}) do
  seen = seen + r
end
assert(seen == 26)

-- The quick one comes first, however long the other takes.
local gate = mp.Queue()
local it = pool:imap_unordered(function(x)
  if x == 1 then return gate:get() end
  return x
end, {1, 2})
local r, i = it:next(30)
assert(r == 2 and i == 2)
local ok, err = pcall(it.next, it, 0.01)
assert(not ok and err:is(mp.TimeoutError))
gate:put "late"
r, i = it:next(30)
assert(r == "late" and i == 1)
assert(it:next() == nil and it() == nil)

-- An error is raised at its place, and the loop may go on.
it = pool:imap(function(x) if x == 2 then error "two" end return x end, {1, 2, 3})
assert(it() == 1)
ok, err = pcall(it)
assert(not ok and err:is(mp.RemoteError) and err.message:find "two$")
assert(it() == 3 and it() == nil)

-- nil would end the loop.
ok, err = pcall(function()
  for _ in pool:imap(function(x) if x ~= 2 then return x end end, {1, 2, 3}) do seen = 0 end
end)
assert(not ok and err:is(mp.ValueError) and err.message == "the result for item 2 is nil, which "
  .. "would end the loop: let the function return false, or use map")

-- An input that fails ends the loop after what came before.
local n = 0
local got = {}
ok, err = pcall(function()
  for value in pool:imap(double, function()
    n = n + 1
    if n == 3 then error "broken input" end
    return n
  end) do got[#got + 1] = value end
end)
assert(not ok and tostring(err):find "broken input" and #got == 2)
-- A line of a file is an item.
local name = os.tmpname()
local file <close> = assert(io.open(name, "w"))
file:write "one\ntwo\nthree\n"
file:close()
local lengths = {}
for length in pool:imap(function(line) return #line end, io.lines(name)) do
  lengths[#lengths + 1] = length
end
os.remove(name)
assert(table.concat(lengths, " ") == "3 3 5")
-- The results can be taken after the pool was closed, and joined.
local closed = mp.Pool(2)
it = closed:imap(double, mp.range(200))
closed:close()
assert(it() == 0)
closed:join()
for k = 1, 199 do assert(it() == 2 * k) end
assert(it() == nil)
-- Left early, and the pool is as good as new.
for _ in pool:imap(double, mp.range(1000)) do break end
collectgarbage()
assert(pool:apply(double, {4}) == 8)
print "ok"
