-- Children use a block as an argument, an upvalue or by its name; only unlink ends it.
local mp = require "multiprocessing"
local SharedMemory = mp.shared_memory.SharedMemory

local function run(target, ...)
  local p = mp.Process{target = target, args = {...}}
  p:start()
  p:join()
  assert(p.exitcode == 0)
end

local shm = SharedMemory{create = true, size = 100}
run(function(memory)
  memory.buf:set(1, "argument")
  memory:close()
end, shm)
assert(shm.buf:get(1, 8) == "argument")
run(function()
  shm.buf:set(1, "upvalue!")
  shm = nil
  collectgarbage()
end)
assert(shm.buf:get(1, 8) == "upvalue!")
run(function(name)
  local memory <close> = SharedMemory(name)
  memory.buf:set(1, "by name!")
end, shm.name)
run(function() os.exit(0) end)
run(function() os.exit(0, true) end)
assert(shm.buf:get(1, 8) == "by name!" and SharedMemory(shm.name) == shm)

-- A child that was killed took nothing away.
local r, w = mp.Pipe(false)
local p = mp.Process{target = function(name)
  local memory = SharedMemory(name)
  memory.buf[1] = 75
  w:send(true)
  mp.sleep(100)
end, args = {shm.name}}
p:start()
r:recv()
p:kill()
p:join()
assert(SharedMemory(shm.name).buf[1] == 75)

-- Made by a child and left to its parent, also if it is killed.
for _, ends in ipairs{"return", "exit", "killed"} do
  local maker = mp.Process{target = function()
    local made = SharedMemory{create = true, size = 5}
    made.buf:set(1, "child")
    w:send(made.name)
    if ends == "killed" then mp.sleep(100) end
    if ends == "exit" then os.exit(0) end
  end}
  maker:start()
  local name = r:recv()
  if ends == "killed" then maker:kill() end
  maker:join()
  local made = SharedMemory(name)
  assert(made.buf:get() == "child")
  made:unlink()
  assert(not pcall(SharedMemory, name))
end

-- Unlinked by a child: the parent keeps what it has open.
run(function() shm:unlink() end)
assert(not pcall(SharedMemory, shm.name) and shm.buf[1] == 75)

-- Many makers at once: each name is made once, and nothing is left.
local makers = {}
local wins = mp.Queue()
local prefix = "mplua_race_" .. mp.getpid() .. "_"
for i = 1, 4 do
  makers[i] = mp.Process{target = function()
    for n = 1, 200 do
      local ok, made = pcall(SharedMemory, prefix .. n, true, 8)
      if ok then
        wins:put(n)
        made:close()
      else
        assert(made:is(mp.FileExistsError), tostring(made))
      end
      local own = SharedMemory{create = true, size = 8}
      own:unlink()
    end
  end}
  makers[i]:start()
end
for i = 1, 4 do
  makers[i]:join()
  assert(makers[i].exitcode == 0)
end
local won = {}
while not wins:empty() do
  local n = wins:get()
  assert(not won[n])
  won[n] = true
end
assert(#won == 200)
for n = 1, 200 do SharedMemory(prefix .. n):unlink() end
print "ok"
