-- A class raised without a message is reported by its name; a constructor's error has its line.
local mp = require "multiprocessing"

assert(tostring(mp.Empty) == "Empty")
assert(tostring(mp.Process) == "<class 'Process'>")
local _, err = pcall(function()
  mp.Process(print)
end)
assert(err.where:find "raised_class.lua:7$", err.where)
for _, bad in ipairs{{args = {1, x = 2}}, {args = {n = -1}}, {args = {1, n = "x"}}, {kwargs = {1}}} do
  local ok, e = pcall(mp.Process, bad)
  assert(not ok and (e:is(mp.TypeError) or e:is(mp.ValueError)))
end
print("ok")
