-- futures.wait: which are done and which are not, in order.
local mp = require "multiprocessing"
local futures = mp.futures

local function fails(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class), tostring(err))
  assert(err.message:find(text, 1, true), err.message)
end

local function make(n)
  local list = {}
  for i = 1, n do list[i] = futures.Future() end
  return list
end

local done, not_done = futures.wait{}
assert(#done == 0 and #not_done == 0)
local fs = make(4)
fs[2]:set_result(1)
fs[4]:cancel()
done, not_done = futures.wait(fs, 0)
assert(#done == 2 and done[1] == fs[2] and done[2] == fs[4])
assert(#not_done == 2 and not_done[1] == fs[1] and not_done[2] == fs[3])
done = futures.wait(fs, {return_when = futures.FIRST_COMPLETED})
assert(#done == 2)
-- A cancelled one is no failure.
done = futures.wait(fs, {timeout = 0.01, return_when = "FIRST_EXCEPTION"})
assert(#done == 2)
fs[1]:set_exception "e"
done, not_done = futures.wait(fs, nil, futures.FIRST_EXCEPTION)
assert(#done == 3 and #not_done == 1)
fs[3]:set_result(3)
done, not_done = futures.wait(fs)
assert(#done == 4 and #not_done == 0 and done[3] == fs[3])
-- Each counts once; a table's keys will do, as Python's dicts.
done = futures.wait{fs[1], fs[1], fs[2]}
assert(#done == 2)
done = futures.wait{[fs[1]] = "a", [fs[2]] = "b"}
assert(#done == 2)
assert(futures.ALL_COMPLETED == "ALL_COMPLETED")

fails(mp.ValueError, "Invalid return condition: 'SOME'", futures.wait, fs, 0, "SOME")
fails(mp.TypeError, "fs[2] must be a Future, got number", futures.wait, {fs[1], 5})
fails(mp.TypeError, "fs must be a list", futures.wait, 5)
fails(mp.TypeError, "missing 1 required argument: 'fs'", futures.wait)
fails(mp.TypeError, "call it as futures.wait()", futures.wait, futures, fs)
fails(mp.TypeError, "unexpected keyword argument 'when'", futures.wait, fs, {when = 1})
fails(mp.DeadlockError, "nobody is left", futures.wait, make(1))
-- connection.wait is another function.
assert(mp.wait == mp.connection.wait and mp.wait ~= futures.wait)
fails(mp.TypeError, "got Future; for futures write mp.futures.wait(fs)", mp.wait, fs)
print "ok"
