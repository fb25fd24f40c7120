-- Many processes with `output`, one after the other and together, leave no descriptor and no process.
local mp = require "multiprocessing"

if arg[1] then
  local answer = os.tmpname()
  -- Not by `popen`, whose pipe is a descriptor more at times.
  local function count(command)
    os.execute((command:gsub("PID", mp.getpid())) .. " >" .. answer)
    local file <close> = assert(io.open(answer))
    return file:read "n"
  end
  local function look()
    -- The shell that asks is one child, always.
    return count "ls /proc/PID/fd | wc -l", count "grep -sl '^PPid:.PID$' /proc/[0-9]*/status | wc -l"
  end
  local function start(i)
    local p = mp.Process{name = "p" .. i, output = i % 2 == 0 and "prefix" or "group",
      target = print, args = {i}}
    p:start()
    return p
  end
  -- A relay ends in its own time when the fork server has let go of the pipes later than the process.
  local function look_at_end(most)
    local deadline = mp.time() + 20
    local descriptors, children
    repeat
      mp.active_children() -- reaps
      descriptors, children = look()
    until children <= most or mp.time() > deadline
    return descriptors, children
  end
  local plain = mp.Process{target = mp.getpid}
  plain:start()
  plain:join()
  local _, children = look() -- the fork server is one
  start(0):join()
  local descriptors = look_at_end(children)
  local kept = {}
  for i = 1, 100 do
    kept[i] = start(i)
    kept[i]:join()
  end
  local after, childrenAfter = look_at_end(children)
  assert(after == descriptors and childrenAfter == children)
  for i = 101, 150 do kept[i] = start(i) end
  for i = 101, 150 do kept[i]:join() end
  after, childrenAfter = look_at_end(children)
  assert(after == descriptors and childrenAfter == children)
  os.remove(answer)
  -- Nobody joins these, or asks how they ended.
  for i = 151, 160 do start(i) end
  return
end

local file <close> = assert(io.popen(("'%s' %s run 2>&1"):format(arg[-1], arg[0])))
local seen = {}
for line in file:lines() do
  local i = tonumber(line:match "%d+$")
  assert(i and not seen[i] and line == (i % 2 == 0 and ("p%d: %d"):format(i, i) or tostring(i)), line)
  seen[i] = true
end
for i = 0, 160 do assert(seen[i], i) end
print "ok"
