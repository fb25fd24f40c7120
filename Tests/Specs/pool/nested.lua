-- A pool in a pool's worker, two pools at once, and what another process may not do with a pool.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(2)
local sums = pool:map(function(n)
  local inner <close> = require "multiprocessing".Pool(2)
  local sum = 0
  for r in inner:imap_unordered(function(x) return x * 2 end, mp.range(n)) do sum = sum + r end
  return sum
end, {3, 4, 5}, 1)
assert(sums[1] == 6 and sums[2] == 12 and sums[3] == 20)

local other <close> = mp.Pool(1)
local function id(x) return x end
local a, b = pool:map_async(id, mp.range(100)), other:map_async(id, mp.range(100))
assert(#b:get() == 100 and #a:get() == 100)
local both = 0
for x in pool:imap(id, mp.range(10)) do
  for y in other:imap(id, {x}) do both = both + x + y end
end
assert(both == 90)

local answers = mp.Queue()
-- A child that is a copy has inherited the handle; the pool is its parent's.
if mp.get_start_method() == "fork" then
  local p = mp.Process{target = function()
    local ok, err = pcall(pool.apply, pool, id, {1})
    answers:put(not ok and tostring(err))
    ok, err = pcall(a.get, a)
    answers:put(not ok and tostring(err))
    collectgarbage()
  end}
  p:start()
  p:join()
  assert(p.exitcode == 0)
  assert(answers:get() == ("RuntimeError: this Pool belongs to the process with pid %d: make a Pool in "
    .. "the process that uses it"):format(mp.getpid()))
  assert(answers:get():find "^RuntimeError: this AsyncResult belongs to")
end
-- Nor can it be sent.
for _, send in ipairs {
  function() answers:put(pool) end,
  function() answers:put {a = {pool}} end,
  function() pool:apply(id, {pool}) end,
} do
  local ok, err = pcall(send)
  assert(not ok and err:is(mp.NotImplementedError), err)
  assert(err.message:find("pool objects cannot be passed between processes or pickled", 1, true), err)
end
assert(pool:apply(id, {"works"}) == "works")
print "ok"
