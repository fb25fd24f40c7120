-- Python: imap reads its whole input at once: an infinite one never starts, a long one fills the
-- memory. Here it is drawn as results are taken.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(2)
local drawn = 0
local function endless()
  drawn = drawn + 1
  return drawn
end
local it = pool:imap(function(x) require "multiprocessing".sleep(0.005) return x end, endless)
assert(it() == 1 and drawn <= 10, drawn)
mp.sleep(0.3)
assert(drawn <= 10, drawn)
for i = 2, 50 do
  assert(it() == i)
  assert(drawn - i <= 32, drawn)
end
-- One task at a time.
drawn = 0
it = pool:imap(function(x) return x end, endless, {buffersize = 1})
for i = 1, 20 do
  assert(it() == i)
  assert(drawn <= i + 1)
end
-- Quick ones, and whole chunks.
drawn = 0
local count = 0
for _ in pool:imap_unordered(function(x) return x end, endless, {chunksize = 10}) do
  count = count + 1
  if count == 500 then break end
end
assert(drawn <= 500 + 32 * 10, drawn)
print "ok"
