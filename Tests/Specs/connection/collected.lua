-- Pipes that nobody holds any more are closed: making thousands of them needs no close. Nor does it, or
-- asking for sentinels, when the process may open few files more: then all garbage is collected.
local mp = require "multiprocessing"
for i = 1, 5000 do
  local a, b = mp.Pipe()
  a:send(i)
  assert(b:recv() == i)
end

collectgarbage()
local open = {}
while true do
  local ok, file = pcall(assert, io.open "/dev/null")
  if not ok then break end
  open[#open + 1] = file
end
for _ = 1, 50 do table.remove(open):close() end
collectgarbage "stop"
for i = 1, 100 do
  local a, b = mp.Pipe()
  a:send(i)
  assert(b:recv() == i)
end
local q = mp.Queue()
for i = 1, 100 do
  do
    local a <close>, b = mp.Pipe()
    q:put(a)
    b:send(i)
  end
  assert(q:get():recv() == i)
end
for i = 1, 160 do
  local p = mp.Process{target = function() end}
  p:start()
  -- That of a process which has ended is another one.
  if i > 80 then p:join() end
  assert(mp.wait({p, p.sentinel}, 60)[1] == p)
  p:join()
end
local kept = {}
local ok, err = pcall(function()
  while true do kept[#kept + 1] = {mp.Pipe()} end
end)
assert(not ok and err:is(mp.OSError) and err.errno == 24, tostring(err))
print "ok"
