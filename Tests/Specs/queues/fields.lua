-- Queues as values: text, equality, length, unknown fields.
local mp = require "multiprocessing"
for _, name in ipairs{"Queue", "JoinableQueue", "SimpleQueue"} do
  local q = mp[name]()
  assert(tostring(q):match("^<" .. name .. " at 0x%x+>$"))
  assert(q == q and q ~= mp[name]() and q ~= 1 and #q == 0)
  assert(q.colour == nil and q[true] == nil)
  local ok, err = pcall(function() q.colour = 1 end)
  assert(not ok and err:is(mp.AttributeError))
  assert(tostring(err) == "AttributeError: '" .. name .. "' object has no attribute 'colour' to set", tostring(err))
  ok, err = pcall(function() q[setmetatable({}, {__tostring = function() error "no" end})] = 1 end)
  assert(not ok)
  -- In a child it is the same queue.
  local p = mp.Process{target = function(other) q:put(other == q) end, args = {q}}
  p:start()
  assert(q:get() == true)
  p:join()
end
assert(mp.Queue().join == nil and mp.Queue().task_done == nil)
print "ok"
