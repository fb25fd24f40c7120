-- What is left of a deadlock at the end of the program is ended, not waited for.
local mp = require "multiprocessing"

local function run(source)
  local script = os.tmpname()
  local file = assert(io.open(script, "w"))
  file:write("local mp = require 'multiprocessing'\n", source)
  file:close()
  local started = mp.time()
  local pipe = assert(io.popen(arg[-1] .. " " .. script .. " 2>&1"))
  local text = pipe:read "a"
  local _, how, code = pipe:close()
  os.remove(script)
  assert(mp.time() - started < 30)
  return text, how, code
end

-- Uncaught in the main process: the child of the cycle would never end.
local text, how, code = run[[
  local q = mp.Queue()
  local p = mp.Process{target = function() q:get() end}
  p:start()
  p:join()
]]
assert(how == "exit" and code == 1, text)
assert(text:find("DeadlockError: nobody is left", 1, true), text)
-- One error, one traceback.
assert(select(2, text:gsub("DeadlockError", "")) == 1, text)
assert(select(2, text:gsub("stack traceback", "")) == 1, text)

-- Only joined at the end: the children are told, one after the other, and the end is reached.
text, how, code = run[[
  local q = mp.Queue()
  for i = 1, 2 do mp.Process{target = function() q:get() end, name = "stuck-" .. i}:start() end
]]
assert(how == "exit" and code == 0, text)
assert(text:find("Process stuck-1:", 1, true) and text:find("Process stuck-2:", 1, true), text)
assert(select(2, text:gsub("stack traceback", "")) == 2, text)

-- A child's children.
text, how, code = run[[
  local q = mp.Queue()
  local function inner() q:get() end
  local function outer() local p = mp.Process{target = inner} p:start() p:join() end
  local p = mp.Process{target = outer}
  p:start()
  p:join()
]]
assert(how == "exit" and code == 1, text)
assert(select(2, text:gsub("stack traceback", "")) == 1, text)

-- Who was in the way of a deadlock that was solved is waited for: what it waits for still comes.
text, how, code = run[[
  local first, second, q, ready = mp.Lock(), mp.Lock(), mp.Queue(), mp.Queue()
  first:acquire()
  mp.Process{target = function() io.write("got ", q:get(), "\n") end}:start()
  mp.Process{target = function()
    second:acquire()
    ready:put(1)
    first:acquire()
    mp.sleep(0.5)
    q:put "something"
  end}:start()
  ready:get()
  local ok, err = pcall(second.acquire, second)
  assert(not ok and err:is(mp.DeadlockError))
  first:release()
]]
assert(how == "exit" and code == 0 and text == "got something\n", text)
print "ok"
