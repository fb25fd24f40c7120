-- The lock's owner dies while others wait on the condition: the wait returns and says so.
local mp = require "multiprocessing"
mp.log_to_stderr(mp.CRITICAL)
for _, class in ipairs{"Lock", "RLock"} do
  for _, method in ipairs{"wait", "wait_for"} do
    local cond = mp.Condition(mp[class]())
    local notified = mp.Event()
    local p = mp.Process{target = function()
      cond:acquire()
      while not tostring(cond):find(", 1)>", 1, true) do cond:wait(0.001) end
      cond:notify()
      notified:set()
      while true do mp.sleep(1000) end
    end}
    cond:acquire()
    p:start()
    local killer = mp.Process{target = function()
      notified:wait()
      os.execute("kill -9 " .. p.pid)
    end}
    killer:start()
    local result, how
    if method == "wait" then
      result, how = cond:wait()
    else
      local looks = 0
      result, how = cond:wait_for(function()
        looks = looks + 1
        return looks == 2
      end)
    end
    assert(result == true and how == "abandoned", tostring(how))
    assert(tostring(cond):find("MainProcess", 1, true))
    cond:release()
    assert(select("#", cond:acquire()) == 1)
    cond:release()
    p:join()
    killer:join()
  end
end
print "ok"
