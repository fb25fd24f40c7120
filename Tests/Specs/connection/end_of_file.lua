-- The end that a child's target does not reach is closed in the child: then EOF means what it says.
local mp = require "multiprocessing"
local report = mp.Queue()
local function until_end(conn)
  local ok, err = pcall(conn.recv, conn)
  report:put(ok and "message" or err.name)
end
local function check(make, expected)
  local mine, process = make()
  process:start()
  mine:close()
  local ok, result = report:try_get(20)
  if not ok then process:kill() end
  assert(ok and result == expected, tostring(result))
  process:join()
  assert(process.exitcode == 0)
end
-- Given by args, nested, by kwargs, and by upvalue.
check(function()
  local parent, child = mp.Pipe()
  return parent, mp.Process{target = until_end, args = {child}}, child
end, "EOFError")
check(function()
  local parent, child = mp.Pipe()
  return parent, mp.Process{target = function(t) until_end(t.deep[1].conn) end,
    args = {{deep = {{conn = child}}}}}, child
end, "EOFError")
check(function()
  local parent, child = mp.Pipe()
  return parent, mp.Process{target = function(t) until_end(t.conn) end, kwargs = {conn = child}}, child
end, "EOFError")
check(function()
  local parent, child = mp.Pipe()
  return parent, mp.Process{target = function() until_end(child) end}, child
end, "EOFError")
check(function()
  local parent, child = mp.Pipe()
  local object = setmetatable({}, {__index = {run = function() until_end(child) end}})
  return parent, mp.Process{target = function() object.run() end}, child
end, "EOFError")

-- Ends that the child can reach stay open.
local function stays(make)
  local process = make()
  process:start()
  process:join()
  assert(process.exitcode == 0)
end
stays(function()
  local parent, child = mp.Pipe()
  return mp.Process{target = function(c)
    c:send(1)
    assert(parent:recv() == 1)
  end, args = {child}}
end)
stays(function()
  local parent, child = mp.Pipe()
  local class = {__index = {read = function() return parent:recv() end}}
  return mp.Process{target = function(object, c)
    c:send(1)
    assert(object.read() == 1)
  end, args = {setmetatable({}, class), child}}
end)
stays(function()
  local child
  global_parent, child = mp.Pipe()
  return mp.Process{target = function(c)
    c:send(1)
    assert(global_parent:recv() == 1)
  end, args = {child}}
end)
stays(function()
  local parent, child = mp.Pipe()
  global_pipes = {parent}
  return mp.Process{target = function(c)
    c:send(1)
    assert(global_pipes[1]:recv() == 1)
  end, args = {child}}
end)
stays(function()
  local parent, child = mp.Pipe()
  function global_read() return parent:recv() end
  return mp.Process{target = function(c)
    c:send(1)
    assert(global_read() == 1)
  end, args = {child}}
end)
if mp.get_start_method() == "fork" then stays(function()
  local parent, child = mp.Pipe()
  local reader = coroutine.wrap(function()
    coroutine.yield()
    return parent:recv()
  end)
  reader()
  return mp.Process{target = function(c)
    c:send(1)
    assert(reader() == 1)
  end, args = {child}}
end) end
print "ok"
