-- A Process in a message says who is meant; only its creator can wait for it or signal it.
local mp = require "multiprocessing"

local q, answers = mp.Queue(), mp.Queue()

local function refuses(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and err.message == text, tostring(err))
end

-- The receiver was started before and knows none of them.
local function look()
  for p in q:iter() do
    assert(p ~= mp.current_process())
    refuses(mp.AssertionError, "can only join a child process", p.join, p)
    refuses(mp.AssertionError, "can only test a child process", p.is_alive, p)
    refuses(mp.AssertionError, "can only signal a child process", p.terminate, p)
    refuses(mp.AssertionError, "can only signal a child process", p.kill, p)
    refuses(mp.AssertionError, "can only signal a child process", p.interrupt, p)
    if p.pid then
      refuses(mp.AssertionError, "can only test a child process", function() return p.sentinel end)
    else
      refuses(mp.AssertionError, "can only start a process object created by current process",
        p.start, p)
    end
    assert(p.exitcode == nil and p._args == nil and p.own == nil)
    p.mine = "here"
    answers:put{p, p.name, p.pid, p.daemon, tostring(p)}
  end
  answers:put(mp.current_process())
end
local looker = mp.Process{target = look, name = "looker"}
looker:start()

local stop = mp.Event()
local p = mp.Process{target = stop.wait, args = {stop}, name = "sleeper ü", daemon = true}
p.own = "field"
q:put(p)
local back = answers:get()
assert(back[1] == p and back[2] == "sleeper ü" and back[3] == nil and back[4] == true)
assert(back[5] == "<Process name='sleeper ü' parent=" .. mp.getpid() .. " initial daemon>", back[5])
assert(p.own == "field" and p.mine == nil)
p:start()
q:put(p)
back = answers:get()
assert(rawequal(back[1], p) and back[3] == p.pid)
assert(back[5] == string.format(
  "<Process name='sleeper ü' pid=%d parent=%d unknown daemon>", p.pid, mp.getpid()), back[5])
q:put(mp.current_process())
back = answers:get()
assert(rawequal(back[1], mp.current_process()) and back[2] == "MainProcess")
q:put(nil)
assert(rawequal(answers:get(), looker))
looker:join()
assert(looker.exitcode == 0)

-- Sent to itself and to a sibling; a child's child comes as what it is.
local inbox = mp.Queue()
local family = mp.Process{target = function()
  assert(rawequal(inbox:get(), mp.current_process()))
  local grandchild = mp.Process{target = function() inbox:get() end}
  grandchild:start()
  answers:put(grandchild)
  answers:put(grandchild)
  grandchild:join()
end}
family:start()
inbox:put(family)
local grandchild = answers:get()
assert(answers:get() == grandchild and grandchild ~= family)
assert(grandchild.name == "Process-3:1" and grandchild.pid ~= nil, grandchild.name)
refuses(mp.AssertionError, "can only join a child process", grandchild.join, grandchild)
inbox:put(nil)
family:join()
assert(family.exitcode == 0)
stop:set()
p:join()

-- In an error of `mp.wait` too, and through a pipe.
local a, b = mp.Pipe()
a:send{grandchild}
assert(b:recv()[1] == grandchild)
-- One that has ended, and one that nobody here has any more.
a:send{family, looker}
local ended = b:recv()
assert(ended[1] == family and ended[1].exitcode == 0 and not ended[1]:is_alive())
ended[1]:join()
local alone = mp.Process{target = print}
local identity = alone.name
a:send(alone)
alone = nil
collectgarbage()
alone = b:recv()
assert(alone.name == identity and not alone:is_alive() and alone.exitcode == nil)
refuses(mp.AssertionError, "can only test a child process", mp.wait, {grandchild}, 0)
print "ok"
