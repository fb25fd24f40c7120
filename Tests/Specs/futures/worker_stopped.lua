-- A worker that was stopped is killed when its task's time is over, also while another executor has work.
local mp = require "multiprocessing"
local limited <close> = mp.ProcessPoolExecutor(1, {timeout = 0.2})
local other <close> = mp.ProcessPoolExecutor(1)
local gate = mp.Queue()
local busy = other:submit(function() return gate:get() end)
local future = limited:submit(function() os.execute "kill -STOP $PPID" end)
local err = future:exception(30)
assert(err:is(mp.TimeoutError) and err.message:find "was killed", err)
gate:put "done"
assert(busy:result() == "done")
print "ok"
