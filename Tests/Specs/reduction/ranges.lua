-- A range travels as its bounds.
local mp = require "multiprocessing"
local q = mp.Queue()
for _, r in ipairs{mp.range(20), mp.range(5, 10), mp.range(10, 0, -3), mp.range(0), mp.range(math.maxinteger),
  mp.range(math.mininteger, -2, 7)} do
  q:put(r)
  local got = q:get()
  assert(got == r and #got == #r and got[1] == r[1] and got[#r] == r[#r] and tostring(got) == tostring(r))
  q:put{r, {r}, x = function() return r end}
  got = q:get()
  assert(got[1] == r and got[2][1] == r and got.x() == r)
end
assert(#mp.reduction.ForkingPickler.dumps(mp.range(1000000000)) < 60)
print "ok"
