-- Python: just after a put, empty() may be true, qsize() 0 and get_nowait() raise. Here a put is
-- complete when it returns, for every process.
local mp = require "multiprocessing"
local q, go = mp.Queue(), mp.Queue()
for i = 1, 10000 do
  q:put(i)
  assert(not q:empty() and q:qsize() == 1 and q:get_nowait() == i)
  assert(q:empty() and q:qsize() == 0)
end
-- Another process sees it as soon as it hears of it.
local reader = mp.Process{target = function()
  for i = 1, 1000 do
    local n = go:get()
    assert(q:qsize() == n and not q:empty(), i)
    for _ = 1, n do q:get_nowait() end
    assert(q:empty())
    go:task_done()
  end
end}
go = mp.JoinableQueue()
reader:start()
for i = 1, 1000 do
  local n = i % 7 + 1
  for k = 1, n do q:put(k) end
  go:put(n)
  go:join()
end
reader:join()
assert(reader.exitcode == 0)
-- A poll loop drops nothing, and `while not q:empty()` ends.
for i = 1, 100 do q:put(i) end
local sum = 0
while not q:empty() do sum = sum + q:get_nowait() end
assert(sum == 5050)
print "ok"
