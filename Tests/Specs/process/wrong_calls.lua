-- Wrong calls say what to write instead.
local mp = require "multiprocessing"

local function says(text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(mp.TypeError), tostring(err))
  assert(err.message:find(text, 1, true), err.message)
end

local Process, q, p = mp.Process, mp.Queue(), mp.Process{target = print}
says("write Process{target = f}", Process, print)
says("write Process{target = f}", Process, {print})
says("write Process{target = f}", Process, {target = 5})
says("write args = {5}", Process, {target = print, args = 5})
says("write args = {q}", Process, {target = print, args = q})
says('write args = {"x"}', Process, {target = print, args = "x"})
says("keywords go into kwargs", Process, {target = print, args = {a = 1}})
says("kwargs must be a table", Process, {target = print, kwargs = 5})
says("unexpected keyword argument 'taget'", Process, {taget = print})
says("bad argument #1 to 'start' (Process expected, got no value; call it as p:start())",
  function() p.start() end)
says("call it as p:join()", function() p.join(1) end)
says("not mp:Process", function() mp:Process{target = print} end)
says("call it as mp.Queue(), with a dot", function() mp:Queue() end)
says("mp.wait(), with a dot", function() mp:wait{p} end)
says("mp.sleep(), with a dot", function() mp:sleep(1) end)
says("call it as mp.Process:extend", mp.Process.extend, "Worker")

local ok, err = pcall(Process, 1)
assert(not ok and err:is(mp.AssertionError))
assert(err.message == "group argument must be None for now")
for _, name in ipairs{"pid", "exitcode", "sentinel"} do
  ok, err = pcall(function() p[name] = 1 end)
  assert(not ok and err:is(mp.AttributeError))
end
print("ok")
