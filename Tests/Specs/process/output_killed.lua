-- A child that is killed has shown what it wrote; a relay that is killed makes nobody wait.
local mp = require "multiprocessing"

if arg[1] then
  local ready, dead = mp.Queue(), mp.Event()
  for _, mode in ipairs{"prefix", "group"} do
    local p = mp.Process{name = mode, output = mode, target = function()
      print(mode, "lives")
      io.write "last"
      io.flush()
      ready:put(true)
      mp.sleep(1000)
    end}
    p:start()
    ready:get()
    assert(p:is_alive() and p.exitcode == nil and not mp.wait({p.sentinel}, 0)[1])
    p:kill()
    p:join()
    assert(p.exitcode == -9)
    p:close()
    io.write "\n"
  end
  local terminated = mp.Process{daemon = true, output = "prefix", target = function()
    print "daemon"
    ready:put(true)
    mp.sleep(1000)
  end}
  terminated:start()
  ready:get()
  terminated:terminate()
  terminated:join()
  assert(terminated.exitcode == -15)

  -- The relays are processes of this one, but no children.
  local answer = os.tmpname()
  local function relays()
    os.execute(("grep -lsa multiprocessing[-]output /proc/[0-9]*/cmdline >%s"):format(answer))
    local found = {}
    for path in io.lines(answer) do
      local file = io.open((path:gsub("cmdline", "status")))
      if file then
        if tonumber(file:read "a":match "PPid:%s*(%d+)") == mp.getpid() then
          found[#found + 1] = path:match "%d+"
        end
        file:close()
      end
    end
    return found
  end
  assert(#relays() == 0)
  for _, mode in ipairs{"prefix", "group"} do
    local p = mp.Process{output = mode, target = function()
      ready:put(true)
      dead:wait()
      while true do print "never shown" end
    end}
    dead:clear()
    p:start()
    ready:get()
    assert(#mp.active_children() == 1 and mp.active_children()[1] == p)
    local found = relays()
    assert(#found == 1, #found)
    os.execute("kill -9 " .. found[1])
    dead:set()
    p:join()
    assert(p.exitcode == -13, p.exitcode)
    -- Killed before the child ends by itself.
    p = mp.Process{output = mode, target = function() ready:put(true) dead:wait() end}
    dead:clear()
    p:start()
    ready:get()
    os.execute("kill -9 " .. relays()[1])
    dead:set()
    p:join()
    assert(p.exitcode == 0, p.exitcode)
  end
  assert(#relays() == 0)
  os.remove(answer)
  print "end"
  return
end

local file <close> = assert(io.popen(("'%s' %s run 2>&1"):format(arg[-1], arg[0])))
local output = file:read "a"
local expected = [[
prefix: prefix	lives
prefix: last

group	lives
last
Process-3: daemon
end
]]
assert(output == expected, output)
print "ok"
