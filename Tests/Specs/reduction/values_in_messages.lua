-- Values go through queues and pipes as the same memory, with their lock or without one.
local mp = require "multiprocessing"

local q, answers = mp.Queue(), mp.Queue()
local here, there = mp.Pipe()

for _, typecode in ipairs{"i", "d", "c", "Q", "u"} do
  local first = (typecode == "c" or typecode == "u") and "x" or 5
  for _, v in ipairs{
    mp.Value(typecode, first), mp.RawValue(typecode, first),
    mp.Value(typecode, first, {lock = false}), mp.Value(typecode, first, {lock = mp.Lock()}),
  } do
    q:put{v, v}
    local back = q:get()
    assert(rawequal(back[1], back[2]) and back[1] == v and back[1].value == first)
    assert(tostring(back[1]) == tostring(v) and back[1].typecode == typecode)
    here:send(v)
    assert(there:recv() == v)
  end
end

-- The same memory and the same lock, in a process that was started before.
local function count(times)
  for _ = 1, times do
    local v = q:get()
    if v.get_lock then
      for _ = 1, 100 do
        local held <close> = v:get_lock():guard()
        v.value = v.value + 1
      end
    else
      v:add(100)
    end
    answers:put{v, v.get_lock and v:get_lock()}
  end
end
local workers = {}
for i = 1, 2 do
  workers[i] = mp.Process{target = count, args = {20}}
  workers[i]:start()
end
local shared, raw = mp.Value("i", 0), mp.RawValue("l", 0)
for _ = 1, 20 do
  q:put(shared)
  q:put(raw)
end
for _ = 1, 40 do
  local v, lock = table.unpack(answers:get())
  assert(v == shared or v == raw)
  if lock then assert(rawequal(lock, shared:get_lock())) end
end
for i = 1, 2 do
  workers[i]:join()
  assert(workers[i].exitcode == 0)
end
assert(shared.value == 2000 and raw.value == 2000)

-- It lives on in the message alone, its lock too.
local function send_and_end()
  local v = mp.Value("d", 1.5)
  v:get_lock():acquire()
  q:put(v)
end
local sender = mp.Process{target = send_and_end}
sender:start()
sender:join()
for _ = 1, 1000 do mp.Value("d", 7) end
collectgarbage()
mp.get_logger():setLevel(mp.logging.ERROR)
local v = q:get()
assert(select(2, v:acquire()) == "abandoned" and v.value == 1.5)
v.value = 2
v:release()

-- Without and with the lock of another handle.
q:put{v:get_obj(), v}
local back = q:get()
assert(back[1] == v:get_obj() and back[1] ~= v and back[2] == v)
back[1].value = 9
assert(v.value == 9)
local both = mp.sharedctypes.synchronized(mp.RawValue("i", 3), v:get_lock())
q:put{both, v}
back = q:get()
assert(back[1].value == 3 and rawequal(back[1]:get_lock(), back[2]:get_lock()))
print "ok"
