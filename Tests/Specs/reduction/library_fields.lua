-- What a script has added to Lua's own libraries goes along with functions that read it, as globals do.
-- luacheck: ignore 111 113 122 142 143
local mp = require "multiprocessing"

-- Its workers begin before there is anything to be sent.
local pool <close> = mp.Pool(2)

function string.trim(s) return s:match "^%s*(.-)%s*$" end
function string.trim_all(s) return string.trim(s):gsub("%s+", " ") end
function table.map(t, f)
  local mapped = {}
  for i, v in ipairs(t) do mapped[i] = f(v) end
  return mapped
end
function math.sign(x) return x < 0 and -1 or x > 0 and 1 or 0 end
math.tau = 2 * math.pi
utf8.names = {dot = "."}

-- By its name, as a method, through an alias, in an inner function, as a value that is no function.
local functions = {
  function() return string.trim "  x " end,
  function() return ("  x "):trim() end,
  function() return table.map({" x "}, function(s) return s:trim() end)[1] end,
  function() return math.sign(-3) == -1 and math.tau == 2 * math.pi and utf8.names.dot == "." and "x" end,
  function() return _G.string.trim "x" end,
  function() local s = string return s.trim "x" end,
}
local text = string
functions[#functions + 1] = function() return text.trim " x" end
local trim = string.trim
functions[#functions + 1] = function() return trim " x" end
-- What they read in turn.
functions[#functions + 1] = function() return ((" x  y"):trim_all():gsub(" y", "")) end
function global_trim(s) return s:trim() end
functions[#functions + 1] = function() return global_trim " x" end
-- More names than an instruction can hold.
local many = {}
for i = 1, 300 do many[i] = ("t.k%d = %d.5"):format(i, i) end
functions[#functions + 1] = assert(load("local t = {} " .. table.concat(many, "\n") .. " return (' x'):trim()"))

for number, f in ipairs(functions) do
  assert(pool:apply(f) == "x", number)
  local q = mp.Queue()
  local p = mp.Process{target = function() q:put(f()) end}
  p:start()
  p:join()
  assert(q:get() == "x", number)
end

-- A later message's is what counts, in all workers.
function string.trim() return "later" end
for _, result in ipairs(pool:map(function() mp.sleep(0.001) return (""):trim() end, mp.range(20), 1)) do
  assert(result == "later")
end

-- Who has one keeps it, also one that is false.
local down, up = mp.Queue(), mp.Queue()
local p = mp.Process{target = function()
  local strings = string
  rawset(strings, "mine", function() return "receiver's" end)
  rawset(strings, "off", false)
  up:put "ready"
  local f = down:get()
  up:put{f()}
end}
p:start()
up:get()
function string.mine() return "sender's" end
function string.off() return "sender's" end
down:put(function() return string.mine(), string.off end)
local got = up:get()
p:join()
assert(got[1] == "receiver's" and got[2] == false)

-- What a library has by itself is never sent, whatever stands in its place.
local dumps = mp.reduction.ForkingPickler.dumps
local function calls() return string.upper "x", table.concat({}), math.pi, io.stdout, package.path end
local before = #dumps(calls)
local upper, pi = string.upper, math.pi
function string.upper() return ("large"):rep(100) end
math.pi = 3
assert(#dumps(calls) == before)
assert(pool:apply(function() return string.upper "x" end) == "X")
string.upper, math.pi = upper, pi

-- Nor is what the function does not read, or what is read of nothing but a global.
function string.large() return "large" end
string.huge_text = ("x"):rep(5000)
assert(#dumps(calls) == before)
assert(#dumps(function() return huge_text end) < 2000)
assert(#dumps(function(t) return t.huge_text, math.huge_text, t.string.huge_text end) < 2000)
assert(#dumps(function(s) return s:huge_text() end) > 5000)
assert(#dumps(function() local t, s = {}, string return t.huge_text or s end) > 5000)
-- It is sent once; a global of the same name is another thing.
large = "global"
local function uses_both() return ("").large(), large, (function() return string.large() end)() end
local twice = pool:apply(function() local a, b, c = uses_both() return {a, b, c} end)
assert(twice[1] == "large" and twice[2] == "global" and twice[3] == "large")

-- What cannot be sent is left out: the error is the function's own.
string.thread = coroutine.create(print)
assert(pool:apply(function() return string.thread end) == nil)

-- One that is gone is not sent.
string.huge_text = nil
assert(#dumps(function(s) return s:huge_text() end) < 2000)
print "ok"
