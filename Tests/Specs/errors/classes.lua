-- The classes of errors: who extends whom, extend, is, and what stands in an error.
local mp = require "multiprocessing"
local parents = {
  BufferTooShort = "ProcessError", TimeoutError = "ProcessError", BrokenPipeError = "OSError",
  FileExistsError = "OSError", FileNotFoundError = "OSError", NotImplementedError = "RuntimeError",
  SerializationError = "ValueError",
}
local names = {
  "AssertionError", "AttributeError", "BrokenPipeError", "BufferTooShort", "EOFError", "Empty",
  "FileExistsError", "FileNotFoundError", "Full", "IndexError", "KeyboardInterrupt",
  "NotImplementedError", "OSError", "OverflowError", "ProcessError", "RuntimeError",
  "SerializationError", "ShutDown", "TimeoutError", "TypeError", "ValueError",
}
for _, name in ipairs(names) do
  local class = assert(mp[name], name)
  local err = class("text")
  assert(class.name == name and err.name == name and err.message == "text")
  assert(tostring(err) == name .. ": text" and err:is(class))
  for _, other in ipairs(names) do
    local expected = other == name or parents[name] == other
    assert(err:is(mp[other]) == expected, name .. " " .. other)
  end
end
assert(tostring(mp.Empty()) == "Empty" and tostring(mp.Empty("")) == "Empty")
local err = mp.ValueError("bad x")
assert(err .. "!" == "ValueError: bad x!" and "<" .. err == "<ValueError: bad x")
assert(err .. err == "ValueError: bad xValueError: bad x" and err .. 1 == "ValueError: bad x1")
assert(err.where == "errors/classes.lua:25" and err.value == nil, err.where)
err = mp.ValueError(42)
assert(err.message == "42" and err.value == 42)
err = mp.ValueError{1, x = 2}
assert(err.message == "{1, x = 2}" and err.value.x == 2, err.message)
local value = setmetatable({}, {__tostring = function() return "shown" end})
err = mp.ValueError(value)
assert(err.message == "shown" and err.value == value)
assert(not pcall(mp.ValueError, setmetatable({}, {__tostring = function() error "no" end})))

local Mine = mp.ValueError:extend("Mine")
local Deeper = Mine:extend("Deeper")
err = Deeper("x")
assert(err:is(Deeper) and err:is(Mine) and err:is(mp.ValueError) and not err:is(mp.TypeError))
assert(not Mine("y"):is(Deeper) and tostring(err) == "Deeper: x" and Deeper.name == "Deeper")
function Mine:shout() return self.message:upper() end
assert(err:shout() == "X" and mp.ValueError("x").shout == nil)
err.code = 7
assert(err.code == 7)
for _, wrong in ipairs{function() mp.ValueError.extend("X") end, function() mp.ValueError:extend() end,
  function() err:is() end, function() err:is("Empty") end, function() err.is(mp.Empty) end} do
  local ok, problem = pcall(wrong)
  assert(not ok and problem:is(mp.TypeError), tostring(problem))
end
assert(not pcall(function() return mp.ValueError .. "" end))
err.message = nil
assert(tostring(err) == "Deeper")
err.message = {}
assert(tostring(err) == "Deeper")
mp.ValueError.__name = {}
assert(type(tostring(mp.ValueError("x"))) == "string")
print "ok"
