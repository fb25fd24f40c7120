-- Loops over a queue that a newcomer writes are told how, and are never just empty.
local mp = require "multiprocessing"
for _, class in ipairs{"Queue", "JoinableQueue", "SimpleQueue"} do
  local q = mp[class]()
  q:put(5)
  for _, loop in ipairs{pairs, ipairs} do
    local ok, err = pcall(function()
      for _ in loop(q) do end
    end)
    assert(not ok and err:is(mp.TypeError), tostring(err))
    assert(tostring(err):find("write for v in q:iter() do", 1, true), tostring(err))
  end
  assert(q.missing == nil and q:get() == 5)
end
print "ok"
