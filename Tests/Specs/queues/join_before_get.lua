-- Messages of 64 MiB: put in a child, join, then get in the parent; the memory goes back afterwards.
local mp = require "multiprocessing"
local function memory(field)
  for line in io.lines "/proc/self/smaps_rollup" do
    local kib = line:match("^" .. field .. ":%s+(%d+)")
    if kib then return tonumber(kib) // 1024 end
  end
end
local q = mp.Queue()
local size = 64 << 20
local before = memory "Pss"
for _ = 1, 3 do
  local p = mp.Process{target = function()
    q:put(("x"):rep(size))
    q:put{small = true, large = ("y"):rep(size)}
  end}
  p:start()
  p:join()
  assert(p.exitcode == 0 and q:qsize() == 2)
  local text = q:get()
  assert(#text == size and text:sub(-1) == "x")
  text = nil
  local t = q:get()
  assert(t.small and #t.large == size and t.large:sub(1, 1) == "y")
  t = nil
  collectgarbage()
end
local after = memory "Pss"
assert(after - before < 20, ("%d MiB before, %d after"):format(before, after))
print "ok"
