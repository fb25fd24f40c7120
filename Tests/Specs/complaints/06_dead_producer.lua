-- Python: a get waits for ever after the only producer crashed. Here it is told, a loop ends, and a
-- pipe is at its end.
local mp = require "multiprocessing"
local q = mp.Queue()
local ours, theirs = mp.Pipe()
local producer = mp.Process{target = function(conn)
  q:put "first"
  conn:send "first"
  os.execute("kill -9 " .. mp.getpid())
end, args = {theirs}}
producer:start()
theirs:close()

assert(q:get() == "first")
local started = mp.time()
local ok, err = pcall(q.get, q)
assert(not ok and err:is(mp.DeadlockError), tostring(err))
for _ in q:iter() do error "nothing was put" end
assert(mp.time() - started < 10)

assert(ours:recv() == "first")
ok, err = pcall(ours.recv, ours)
assert(not ok and err:is(mp.EOFError), tostring(err))
producer:join()
assert(producer.exitcode == -9)
print "ok"
