-- Results that bring the same object: who drops one does not take it from the other.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(1)
local function made()
  if not rawget(_G, "made_queue") then
    local q = require "multiprocessing".Queue()
    q:put "its own"
    rawset(_G, "made_queue", q)
  end
  return rawget(_G, "made_queue")
end
local first, second = pool:apply_async(made), pool:apply_async(made)
assert(first)
first = nil
collectgarbage()
collectgarbage()
-- Both have come before the owner looks: reading a value is no wait.
local come = mp.Value("b", 0)
local third = pool:apply_async(function() come.value = 1 end)
while come.value == 0 do os.execute "true" end
third:get()
os.execute("kill -KILL " .. pool:stats().pids[1])
assert(pool:apply(function() return true end))
local others = {}
for i = 1, 2000 do
  others[i] = mp.Queue()
  others[i]:put "another's"
end
assert(second:get():get(true, 10) == "its own")
print "ok"
