-- What a program leaves ends with it, however it ends; what others made never does.
local mp = require "multiprocessing"
local SharedMemory = mp.shared_memory.SharedMemory

local exe = "/proc/" .. mp.getpid() .. "/exe"

local function exists(name)
  local file = io.open("/dev/shm/" .. name)
  if file then file:close() end
  return file ~= nil
end

local function wait_for(claim)
  local deadline = mp.time() + 20
  while not claim() do
    assert(mp.time() < deadline)
    mp.sleep(0.002)
  end
end

-- Starts a program that has the modules; all that it prints, errors too, can be read.
local function program(code)
  return io.popen(([[exec %s -e '
    local mp = require "multiprocessing"
    local SharedMemory = mp.shared_memory.SharedMemory
    local function say(...) print(...) io.flush() end
    %s' 2>&1]]):format(exe, code))
end

local function run(code)
  local file = program(code)
  local name, rest = file:read "l", file:read "a"
  return name, rest, select(3, file:close())
end

local make = "local m = SharedMemory{create = true, size = 4} say(m.name) "

for _, ending in ipairs{"", "os.exit(0)", "os.exit(0, true)", "m:close()", "m = nil collectgarbage()"} do
  local name, rest, code = run(make .. ending)
  assert(code == 0 and not exists(name))
  assert(rest == ("shared memory that nobody unlinked is removed at the program's end: '%s'; "
    .. "call unlink() once, or make it with track = false to keep it\n"):format(name), rest)
end
local name, rest, code = run(make .. "error([[oops]], 0)")
assert(code == 1 and not exists(name) and rest:find("oops", 1, true))
name, rest, code = run(make .. "m:unlink()")
assert(code == 0 and rest == "" and not exists(name))

-- Without tracking a block stays until somebody unlinks it.
name, rest, code = run [[local m = SharedMemory{create = true, size = 4, track = false} say(m.name)]]
assert(code == 0 and rest == "" and exists(name))
SharedMemory(name):unlink()

-- Whoever only opens a block leaves it, and whoever else unlinks it is enough.
local ours = SharedMemory{create = true, size = 4}
local open = ("local m = SharedMemory[[%s]] say(m.name) "):format(ours.name)
for _, ending in ipairs{"", "os.exit(0, true)", "m = nil collectgarbage()"} do
  name, rest, code = run(open .. ending)
  assert(code == 0 and rest == "" and exists(name) and name == ours.name)
end
name, rest, code = run(open .. "m:unlink()")
assert(code == 0 and rest == "" and not exists(name))
assert(not pcall(ours.unlink, ours))

-- A block with a name like a record's is no record: no program that begins takes it away.
local lookalike = SharedMemory(("mplua_%016x"):format(mp.getpid()), true, 2000)
assert(os.execute(exe .. [[ -e 'require "multiprocessing"']]) and exists(lookalike.name))
lookalike:unlink()

-- Ctrl-C: one line.
local file = program(make .. "say(mp.getpid()) mp.sleep(100)")
name = file:read "l"
assert(exists(name))
os.execute("kill -INT " .. file:read "l")
assert(select(2, file:read("a"):gsub("\n", "")) == 1)
file:close()
assert(not exists(name))

-- The root is killed, its child goes on with the block and is the last.
local stop = os.tmpname()
file = program(make .. ([[
  mp.Process{target = function()
    m.buf:set(1, "abcd")
    say "child"
    while io.open("%s") do mp.sleep(0.002) end
    assert(SharedMemory(m.name).buf:get() == "abcd")
    say "still there"
  end}:start()
  say("root " .. mp.getpid()) mp.sleep(100)]]):format(stop))
name = file:read "l"
local lines = {file:read "l", file:read "l"}
table.sort(lines)
assert(lines[1] == "child", lines[1])
local root = lines[2]:match "^root (%d+)$"
os.execute("kill -9 " .. root)
wait_for(function()
  local status = io.open("/proc/" .. root .. "/status")
  local state = status:read("a"):match "\nState:%s*(%a)"
  status:close()
  return state == "Z"
end)
-- Other programs that begin meanwhile find it in use.
assert(os.execute(exe .. [[ -e 'require "multiprocessing"']]) and exists(name))
os.remove(stop)
rest = file:read "a"
file:close()
assert(rest:find("still there", 1, true) and rest:find(name, 1, true))
assert(not exists(name))
print "ok"
