-- Getters and putters killed at any instant: the others go on, each message comes once at most.
local mp = require "multiprocessing"
local q, ready = mp.Queue(64), mp.Queue()
local rounds = 60
for round = 1, rounds do
  local putter = mp.Process{target = function()
    ready:put(true)
    for i = 1, math.huge do q:put{round, i, ("p"):rep(i % 700)} end
  end}
  local getter = mp.Process{target = function()
    ready:put(true)
    while true do q:get() end
  end}
  putter:start()
  getter:start()
  ready:get()
  ready:get()
  for _ = 1, round do q:get() end
  if round % 2 == 0 then
    putter:kill()
  else
    getter:kill()
    q:get{timeout = 5}
  end
  putter:kill()
  getter:kill()
  putter:join()
  getter:join()
  local last = 0
  while true do
    local ok, v = q:try_get()
    if not ok then break end
    assert(v[1] == round and v[2] > last and #v[3] == v[2] % 700)
    last = v[2]
  end
  assert(q:empty() and not q:full())
  q:put "still works"
  assert(q:get() == "still works")
end
print "ok"
