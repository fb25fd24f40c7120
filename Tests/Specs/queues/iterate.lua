-- iter: ends on nil, not on false; breaking off loses nothing.
local mp = require "multiprocessing"
local q = mp.Queue()
q:put_many(table.pack(1, false, 2, nil, 3))
local seen = {}
for v in q:iter() do seen[#seen + 1] = v end
assert(#seen == 3 and seen[2] == false and seen[3] == 2 and q:qsize() == 1)
for v in q:iter() do
  assert(v == 3)
  break
end
assert(q:empty())

-- Workers that take until their nil.
local done = mp.Queue()
local function work()
  local sum = 0
  for v in q:iter() do sum = sum + v end
  done:put(sum)
end
local workers = {}
for i = 1, 3 do
  workers[i] = mp.Process{target = work}
  workers[i]:start()
end
for i = 1, 300 do q:put(i) end
for _ = 1, 3 do q:put(nil) end
local sum = 0
for _, p in ipairs(workers) do
  sum = sum + done:get()
  p:join()
end
assert(sum == 45150, sum)
q:close()
assert(not pcall(q.iter, q))
print "ok"
