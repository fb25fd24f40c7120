-- Python: lambdas, local functions and bound methods cannot be sent. Here any function can.
local mp = require "multiprocessing"

-- Through a pool: anonymous, local with upvalues, recursive, a method bound to its object.
local pool <close> = mp.Pool(2)
local ten = 10
local function factorial(n) return n < 2 and 1 or n * factorial(n - 1) end
local Account = {}
Account.__index = Account
function Account:after(interest) return self.balance * (100 + interest) // 100 end
local account = setmetatable({balance = 200}, Account)
local function bound(object, name)
  return function(...) return object[name](object, ...) end
end
for _, case in ipairs{
  {function(x) return x + ten end, {11, 12, 13}},
  {factorial, {1, 2, 6}},
  {bound(account, "after"), {202, 204, 206}},
  {math.type, {"integer", "integer", "integer"}},
} do
  local results = pool:map(case[1], {1, 2, 3})
  for i, expected in ipairs(case[2]) do assert(results[i] == expected) end
end

-- Through a queue, there and back; the table of functions keeps what they share.
local requests, answers = mp.Queue(), mp.Queue()
local p = mp.Process{target = function(from, to)
  for f in from:iter() do to:put(f(20)) end
  to:put(function(a, b) return a .. b end)
end, args = {requests, answers}}
p:start()
local count = 0
local counter = {
  add = function(n) count = count + n return count end,
  get = function() return count end,
}
requests:put(function(x) return x + ten end)
requests:put(function(x) counter.add(x) counter.add(1) return counter.get() end)
requests:put(nil)
assert(answers:get() == 30)
assert(answers:get() == 21)
assert(answers:get()("a", "b") == "ab")
p:join()
assert(count == 0)
print "ok"
