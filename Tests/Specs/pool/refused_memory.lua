-- A call that is refused leaves none of its function's bytes in shared memory.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(1)
local text = {}
for i = 1, 3000 do text[i] = ("%q"):format("text number " .. i) end
local large = load("return function(x) return {" .. table.concat(text, ",") .. "}, x end")()
local function shared()
  for line in io.lines("/proc/" .. mp.getpid() .. "/status") do
    local size = line:match "^RssShmem:%s+(%d+)"
    if size then return tonumber(size) end
  end
end
assert(#pool:apply(large) == 3000)
local before = shared()
for _ = 1, 200 do
  assert(not pcall(pool.apply, pool, large, {coroutine.create(print)}))
  assert(not pcall(pool.imap, pool, large, {1}, {buffersize = 0}))
  assert(not pcall(pool.imap, pool, large, {1}, {progress = 3}))
  assert(not pcall(pool.map, pool, large, {1}, {progress = 3}))
  assert(not pcall(pool.map, pool, large, {coroutine.create(print)}))
end
assert(shared() - before < 4096, shared() - before)
print "ok"
