-- A callback of one pool waits for a result of another, for which the owner waits already.
local mp = require "multiprocessing"
local first <close> = mp.Pool(1)
local second <close> = mp.Pool(1)
local gate = mp.Queue()
local result = first:apply_async(function(q) return q:get() end, {gate})
local got
second:apply_async(function() end, {}, {callback = function()
  gate:put "passed"
  got = result:get()
end})
local before = mp.time()
assert(result:get() == "passed" and got == "passed")
assert(mp.time() - before < 20)
print "ok"
