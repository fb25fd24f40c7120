-- A Process of a script's own class: in `run` it has class and fields; elsewhere it has its class where that
-- is known, and says so where it is not.
local mp = require "multiprocessing"
local up = mp.Queue()

-- Its first message is answered before there is any class.
local stranger_inbox = mp.Queue()
local stranger = mp.Process{target = function()
  for p in stranger_inbox:iter() do
    local ok, err = pcall(function() return p:total() end)
    up:put{tostring(p), ok, ok or err.name, ok or tostring(err)}
    p.mine = 5
    assert(p.mine == 5 and p.name == "first" and not pcall(p.join, p))
  end
end}
stranger:start()

local Worker = mp.Process:extend "Worker"
Worker.limit = 7
function Worker:init(name, jobs)
  mp.Process.init(self, {name = name})
  self.jobs, self.inbox = jobs, mp.Queue()
end
function Worker:total() return #(self.jobs or {}) + self.limit end
local Special = Worker:extend "Special"
function Special.special() return "special" end
function Special:run()
  up:put{self:total(), self.special(), tostring(self):find "^<Special " ~= nil}
  for p in self.inbox:iter() do
    up:put{p.name, p.special and p.special() or "none", p:total(), tostring(p), rawequal(p, self), p.jobs == nil}
  end
end

local first, second = Special("first", {1, 2}), Special("second", {1})
first:start()
assert(mp.repr(up:get()) == '{9, "special", true}')
second:start()
assert(mp.repr(up:get()) == '{8, "special", true}')

-- A sibling, one of the class that it extends, itself.
second.inbox:put(first)
assert(mp.repr(up:get()) == string.format(
  '{"first", "special", 7, "<Special name=\'first\' pid=%d parent=%d unknown>", false, true}', first.pid, mp.getpid()))
local plain = Worker("plain", {})
second.inbox:put(plain)
assert(mp.repr(up:get()) == string.format(
  '{"plain", "none", 7, "<Worker name=\'plain\' parent=%d initial>", false, true}', mp.getpid()))
second.inbox:put(second)
local own = up:get()
assert(own[1] == "second" and own[3] == 8 and own[5] == true and own[6] == false)

-- Who does not know the class says so.
stranger_inbox:put(first)
local said = up:get()
assert(said[1]:find "^<Special name='first'" and said[2] == false and said[3] == "AttributeError", said[1])
assert(said[4]:find("'total' of a Special from another process: its class is not known here; "
  .. "call mp.register(\"Special\", Special) before", 1, true), said[4])

-- What was sent comes home as what it is, also when it has ended.
local home = mp.Queue()
home:put(first)
assert(rawequal(home:get(), first))
for _, p in ipairs{first, second} do
  p.inbox:put(nil)
  p:join()
  assert(p.exitcode == 0)
end
stranger_inbox:put(nil)
stranger:join()
assert(stranger.exitcode == 0)
home:put(first)
local back = home:get()
assert(back == first and back:total() >= 7 and back.special() == "special")
print "ok"
