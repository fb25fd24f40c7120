-- A worker's death fails exactly its task, with who died, of what, at which task; the pool goes on.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(2)
local function id(x) return x end
local function die(how) os.execute(("kill -%s %d"):format(how, require "multiprocessing".getpid())) end

-- By a signal, within a second.
local before = mp.time()
local ok, err = pcall(pool.apply, pool, function(x) die "KILL" return x end, {3})
assert(mp.time() - before < 5)
assert(not ok and err:is(mp.WorkerLost) and err:is(mp.BrokenProcessPool))
assert(err.signal == 9 and err.exitcode == -9 and err.task == 1 and err.seconds >= 0)
assert(err.name:find "^%a+PoolWorker%-%d+$" and math.type(err.pid) == "integer")
assert(err.message:find(("worker %s (pid %d) was killed by SIGKILL while running task 1 after ")
  :format(err.name, err.pid), 1, true), err.message)
assert(err.message:find "s: function at pool/worker_lost.lua:%d+ %(3%)$", err.message)
-- By os.exit; a global function is called by its name.
function leave(code) os.exit(code) end -- luacheck: ignore 111
ok, err = pcall(pool.apply, pool, leave, {7}) -- luacheck: ignore 113
assert(err:is(mp.WorkerLost) and err.exitcode == 7 and err.signal == nil)
assert(err.message:find "ended with exit code 7 while running task 2 after %d+%.%d s: leave%(7%)$",
  err.message)
-- Out of memory, in Lua: an error like any other.
ok, err = pcall(pool.apply, pool, function() return ("x"):rep(1 << 60) end)
assert(not ok and err:is(mp.RemoteError) and err.message:find "resulting string too large")

-- In a map the others are done; in imap the loop goes on.
ok, err = pcall(pool.map, pool, function(x) if x == 3 then die "KILL" end return x end,
  {1, 2, 3, 4}, 1)
assert(err:is(mp.WorkerLost) and err.message:find "%(3%)$", err.message)
local got, lost = {}, 0
local it = pool:imap(function(x) if x == 2 then die "TERM" end return x end, {1, 2, 3})
while true do
  local good, value = pcall(it)
  if not good then
    assert(value:is(mp.WorkerLost) and value.signal == 15)
    lost = lost + 1
  elseif value == nil then
    break
  else
    got[#got + 1] = value
  end
end
assert(lost == 1 and #got == 2 and got[1] == 1 and got[2] == 3)

-- Between tasks: nothing is lost.
for _, pid in ipairs(pool:stats().pids) do os.execute("kill -KILL " .. pid) end
local list = pool:map(id, mp.range(1, 51), 1)
for i = 1, 50 do assert(list[i] == i) end
-- A stopped one is only late.
local stopped = pool:stats().pids[1]
os.execute("kill -STOP " .. stopped)
local results = {}
for i = 1, 4 do results[i] = pool:apply_async(id, {i}) end
os.execute("kill -CONT " .. stopped)
for i = 1, 4 do assert(results[i]:get(30) == i) end

local stats = pool:stats()
assert(stats.workers == 2 and stats.pending == 0 and stats.lost == 4, mp.repr(stats))
print "ok"
