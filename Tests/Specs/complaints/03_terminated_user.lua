-- Python: terminating a process that uses a queue corrupts or locks it for everybody. Here what was
-- not put whole was not put, and everybody else goes on.
local mp = require "multiprocessing"
local q, ready = mp.Queue(), mp.Queue()

local function writer(size)
  local text = ("x"):rep(size)
  ready:put(true)
  while true do q:put(text) end
end
local function reader()
  ready:put(true)
  while true do q:get() end
end

local received = 0
for round = 1, 20 do
  local size = round % 2 == 0 and 100000 or 10
  local users = {
    mp.Process{target = writer, args = {size}}, mp.Process{target = writer, args = {size}},
    mp.Process{target = reader}, mp.Process{target = reader},
  }
  for _, p in ipairs(users) do
    p:start()
    ready:get()
  end
  for _ = 1, 20 do
    assert(#q:get() == size)
    received = received + 1
  end
  -- In the middle of what they do.
  for _, p in ipairs(users) do
    if round % 3 == 0 then p:kill() else p:terminate() end
  end
  for _, p in ipairs(users) do
    p:join()
    assert(p.exitcode == -15 or p.exitcode == -9)
  end
  -- What is left is whole, and the queue works.
  while true do
    local found, text = q:try_get()
    if not found then break end
    assert(#text == size)
  end
  q:put "still here"
  assert(q:get() == "still here" and q:empty())
end
assert(received == 400)
print "ok"
