-- A pool that has given up fails an iteration too, all of it: nobody would take what is put later.
local mp = require "multiprocessing"
local pool = mp.Pool(1, function() os.exit(5) end)
local iterator = pool:imap(function(x) return x end, mp.range(1000))
local failed = 0
while true do
  local ok, err = pcall(iterator)
  if ok then
    assert(err == nil)
    break
  end
  assert(err:is(mp.BrokenProcessPool), err)
  failed = failed + 1
end
assert(failed > 0)
pool:terminate()
pool:join()
print "ok"
