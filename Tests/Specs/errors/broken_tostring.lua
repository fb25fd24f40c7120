-- A child that ends by an error value whose __tostring fails reports what the value is, and how that failed.
local function report(code)
  local pipe <close> = assert(io.popen(arg[-1] .. " -e '" .. code .. "' 2>&1"))
  return pipe:read "a"
end

local text = report [[
  local mp = require "multiprocessing"
  local class = {__name = "Broken", __tostring = function(e) error("no text for " .. e.code) end}
  local p = mp.Process{name = "child", target = function()
    error(setmetatable({code = 9}, class))
  end}
  p:start()
  p:join()
  print(p.exitcode)]]
assert(text:find("Process child:\n(error object is a Broken value {code = 9}; its __tostring failed: "
  .. "(command line):2: no text for 9)\nstack traceback:\n\t[C]: in function 'error'\n", 1, true), text)
assert(text:find "\n1\n$", text)

-- Others are reported as ever.
text = report [[
  local mp = require "multiprocessing"
  local own = setmetatable({}, {__tostring = function() return "own" end})
  for _, value in ipairs{"words", {}, 5, mp.ValueError "bad", own} do
    local p = mp.Process{name = "child", target = error, args = {value}}
    p:start()
    p:join()
  end]]
for _, line in ipairs{
  "words\nstack traceback:\n", "(error object is a table value)\nstack traceback:\n", "5\nstack traceback:\n",
  "(command line):3: ValueError: bad\nstack traceback:\n", "own\n",
} do
  assert(text:find("Process child:\n" .. line, 1, true), text)
end
print "ok"
