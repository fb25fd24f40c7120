-- Whoever holds the lock is killed: the next access goes on, and the log warns.
local mp = require "multiprocessing"

if arg[1] ~= "log" then
  -- Run once more with the log on standard error.
  local out <close> = assert(io.popen(("%s %s log 2>&1"):format(arg[-1], arg[0])))
  local text = out:read "a"
  local _, count = text:gsub("%[WARNING/MainProcess%] a lock made at %S*killed%.lua:%d+ was abandoned: ", "")
  assert(count == 4 and text:find "done\n$", text)
  print "ok"
  os.exit(true, true)
end

mp.log_to_stderr(mp.WARNING)
local ready = mp.Queue()
local function die(action)
  local p = mp.Process{target = function()
    action()
    ready:put(true)
    while true do mp.sleep(1000) end
  end}
  p:start()
  ready:get()
  p:kill()
  p:join()
end

local v, a = mp.Value("q", 1), mp.Array("i", {1, 2, 3})
die(function() v:acquire() v:acquire() v.value = 2 end)
assert(v.value == 2) -- abandoned
assert(not v:get_lock():locked() and tostring(v:get_lock()) == "<RLock(None, 0)>")
v:add(1)
assert(v.value == 3)

die(function() a:acquire() end)
assert(a:sum() == 6 and a:get()[3] == 3) -- abandoned
a[1] = 5

local plain = mp.Value("i", 0, {lock = mp.Lock()})
die(function() plain:acquire() end)
plain.value = 8 -- abandoned
assert(plain.value == 8 and plain:acquire(false) == true)
plain:release()

-- While somebody waits.
local w = mp.Value("i", 0)
local holder = mp.Process{target = function()
  w:acquire()
  ready:put(true)
  while true do mp.sleep(1000) end
end}
holder:start()
ready:get()
local waiter = mp.Process{target = function() ready:put(true) w:add(1) end, name = "MainProcess"}
waiter:start()
ready:get()
holder:kill()
waiter:join() -- abandoned
assert(waiter.exitcode == 0 and w.value == 1)

-- Killed at any instant of its work.
local total, list = mp.Value("q"), mp.Array("q", 2)
mp.get_logger():setLevel(mp.CRITICAL)
for round = 1, 30 do
  local p = mp.Process{target = function()
    while true do
      total:add(1)
      list:with(function()
        list[1] = list[1] + 1
        list[2] = list[1]
      end)
    end
  end}
  local before = total.value
  p:start()
  while total.value < before + 20 do mp.sleep(0) end
  p:kill()
  p:join()
  assert(total.value > before and list[1] - list[2] <= 1, round)
  list[2] = list[1]
end
print "done"
