-- retries = n gives a task to another worker when one dies with it; a poison task is given up.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(2)
local attempts = mp.Queue()
local function fragile(q, good, l)
  q:put(true)
  if q:qsize() < good then os.exit(9) end
  return q:qsize(), l
end
local lock = mp.Lock()
local n, same = pool:apply(fragile, {attempts, 3, lock}, {}, {retries = 2})
assert(n == 3 and same == lock)
attempts:shutdown(true)
attempts = mp.Queue()
local ok, err = pcall(pool.apply, pool, fragile, {attempts, 9}, {}, {retries = 2})
assert(not ok and err:is(mp.WorkerLost) and err.workers == 3 and err.exitcode == 9)
assert(err.message:find "; the task was given up after 3 workers had ended with it$", err.message)
assert(attempts:qsize() == 3)
-- An error that is raised is the task's answer.
attempts = mp.Queue()
ok, err = pcall(pool.apply, pool, function(q) q:put(1) error "no" end, {attempts}, {}, {retries = 5})
assert(err:is(mp.RemoteError) and attempts:qsize() == 1)
-- In a map each task has its own.
attempts = mp.Queue()
local list = pool:map(function(x)
  if x == 2 and attempts:qsize() < 2 then
    attempts:put(true)
    os.exit(1)
  end
  return x
end, {1, 2, 3}, {chunksize = 1, retries = 2})
assert(list[1] == 1 and list[2] == 2 and list[3] == 3)
-- What a task carries is kept for the next worker, though nobody else has it.
local begun, go = mp.Queue(), mp.Queue()
local given = false
local iterator = pool:imap(function(q)
  begun:put(mp.getpid())
  go:get()
  return q:get(true, 10)
end, function()
  if given then return nil end
  given = true
  local q = mp.Queue()
  q:put "carried"
  return q
end, {retries = 1})
local pid = begun:get()
collectgarbage()
collectgarbage()
os.execute("kill -KILL " .. pid)
go:put(true)
assert(iterator() == "carried")
assert(pool:stats().retried == 7 and pool:stats().lost == 8, mp.repr(pool:stats()))
print "ok"
