-- fork only: the copies of a process have loaded its modules, and unload some here.
-- Library functions and modules travel by name: the receiver has its own, and loads what it lacks.
local mp = require "multiprocessing"
local q = mp.Queue()
local function through(v)
  q:put(v)
  return q:get()
end
for _, v in ipairs{print, pcall, require, string.upper, math.sin, io.open, coroutine.wrap, table.concat,
  string, math, os, package, _G, mp, mp.Process, mp.ValueError, mp.Queue, mp.reduction, mp.connection,
  mp.reduction.ForkingPickler, mp.reduction.ForkingPickler.dumps, mp.Process.start} do
  assert(through(v) == v)
  assert(through{v, v, [v] = v}[v] == v and through(function() return v end)() == v)
end
local ok, err = pcall(q.put, q, {f = string.gmatch("a", "a")})
assert(not ok and err.message == "cannot send f (C function of no loaded module)", err.message)

-- What a script has put in a library function's place stays here; the function is still itself.
do
  local original, upper, exit = print, string.upper, os.exit
  print = function(...) return original("wrapped", ...) end -- luacheck: ignore 121
  string.upper = string.lower -- luacheck: ignore 122
  local wrapper = function() return original, upper, exit, print end
  local o, u, e, w = through(wrapper)()
  assert(o == original and u == upper and e == exit and w == print and through(print) ~= print)
  print, string.upper = original, upper -- luacheck: ignore 121 122
end

-- A Lua module, from a file of its own.
local directory = os.tmpname()
os.remove(directory)
assert(os.execute("mkdir " .. directory))
local cleanup <close> = setmetatable({}, {__close = function() os.execute("rm -r " .. directory) end})
local function write(name, text)
  local file <close> = assert(io.open(directory .. "/" .. name .. ".lua", "w"))
  file:write(text)
end
local text = [[
local M = {count = 0, name = ...}
local function step(n) M.count = M.count + n return M.count end
function M.add(n) return step(n) end
function M.step() return step end
function M.module() return M end
return M
]]
write("spec_module", text)
local before = package.path
package.path = directory .. "/?.lua;" .. before
local module = require "spec_module"
assert(through(module) == module and through(module.add) == module.add)
assert(through{module.add, module.add}[2] == module.add)
-- A function of its file that is in no field travels by value, with the module by name.
local step = module.step()
assert(through(step) ~= step and through(step)(1) == 1 and module.count == 1)

-- One that was put there from elsewhere travels by value: another process need not have it.
module.extra = function() return module.count end
assert(through(module.extra) ~= module.extra and through(module.extra)() == 1)
module.extra = nil

-- A process that has not loaded it does so, from the same file even if it would not find it itself.
local up, down = mp.Queue(), mp.Queue()
local function child(path)
  local p = mp.Process{target = function()
    package.loaded.spec_module, package.path = nil, path
    local f = down:get()
    up:put{f(5), package.loaded.spec_module.count, package.loaded.spec_module.name}
    local m = down:get()
    up:put{m == package.loaded.spec_module, m.count}
  end}
  p:start()
  return p
end
for _, path in ipairs{package.path, "/nowhere/?.lua"} do
  local p = child(path)
  down:put(module.add)
  local answer = up:get()
  assert(answer[1] == 5 and answer[2] == 5 and answer[3] == "spec_module")
  down:put(module)
  answer = up:get()
  assert(answer[1] and answer[2] == 5)
  p:join()
  assert(p.exitcode == 0 and module.count == 1)
end

-- What the receiver's module does not have, and a module that fails while it is loaded.
local p = mp.Process{target = function()
  package.loaded.spec_module.add = nil
  local got, message = pcall(down.get, down)
  up:put{got, message.message, message:is(mp.SerializationError)}
  package.loaded.spec_module = nil
  write("spec_module", "error 'no way'")
  got, message = pcall(down.get, down)
  up:put{got, tostring(message)}
  -- The queue goes on.
  up:put(down:get())
end}
p:start()
down:put(module.add)
local answer = up:get()
assert(not answer[1] and answer[3] and answer[2] == "module 'spec_module' has no 'add' in this process")
down:put(module)
answer = up:get()
assert(not answer[1] and answer[2]:find "no way", answer[2])
down:put(7)
assert(up:get() == 7)
p:join()

-- A module that no other process could load travels by value.
package.loaded.spec_by_hand = {f = function() return 3 end}
package.preload.spec_preloaded = function() return {f = function() return 4 end} end
local preloaded = require "spec_preloaded"
local far = through{package.loaded.spec_by_hand, preloaded}
assert(far[1] ~= package.loaded.spec_by_hand and far[1].f() == 3)
assert(far[2] ~= preloaded and far[2].f() == 4)

-- A module that is loaded anew is the new one; the old one travels by value.
write("spec_module", text)
package.loaded.spec_module = nil
local again = require "spec_module"
assert(again ~= module and through(again) == again and through(again.add) == again.add)
assert(through(module) ~= module and through(module).count == 1)
package.path = before
print "ok"
