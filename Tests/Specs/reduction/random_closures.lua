-- Random small closures with shared upvalues give the same answers here and in another process.
-- MPLUA_CLOSURES says how many: ten thousand unless told; MPLUA_SEED repeats a run.
local mp = require "multiprocessing"
local count = tonumber(os.getenv "MPLUA_CLOSURES") or 10000
local seed = tonumber(os.getenv "MPLUA_SEED") or os.time()
math.randomseed(seed)
local random = math.random

-- One group: functions of a chunk of its own, over variables that some of them share, which call each
-- other, make further functions and keep tables. All of it ends, as calls only go to earlier ones.
local function source()
  local lines = {"local V = ..."}
  local function add(...) lines[#lines + 1] = string.format(...) end
  local variables, functions = random(1, 5), random(2, 6)
  for i = 1, variables do
    local kinds = {random(-100, 100), ("%q"):format(("s"):rep(random(0, 3))), "{n = " .. random(9) .. "}",
      random() * 8, "nil", "true"}
    add("local v%d = %s", i, kinds[random(#kinds)])
  end
  local function value() return ("v%d"):format(random(variables)) end
  local function number() return ("num(%s)"):format(value()) end
  add "local function num(x) local t = type(x) if t == 'number' then return x %% 1000 end"
  add "if t == 'table' then return x.n or 0 end if t == 'string' then return #x end return x and 1 or 0 end"
  if random() < 0.3 then add "local self" end
  local names = {}
  for i = 1, functions do
    local name = "f" .. i
    names[i] = name
    local call = i > 1 and ("num(%s(a))"):format(names[random(i - 1)]) or "0"
    local kind = random(7)
    if kind == 1 then
      add("local function %s(a) %s = %s + a + %s return %s end", name, value(), number(), call, value())
    elseif kind == 2 then
      add("local function %s(a) if a > 0 then return %s(a - 1) end return %s + %s end", name, name, number(), call)
    elseif kind == 3 then
      add("local function %s(a) local k = %s return (function(b) k = k + b %s = k return k + %s end)(a) end",
        name, number(), value(), call)
    elseif kind == 4 then
      add("local %s do local own = %d function %s(a) own = own + a return own + %s + %s end end",
        name, random(50), name, call, number())
    elseif kind == 5 then
      add("local %s = setmetatable({n = %s}, {__call = function(me, a) me.n = me.n + a return me.n + %s end})",
        name, number(), call)
    elseif kind == 6 then
      add("local %s for i = 1, %d do local j = i * 2 local before = %s", name, random(3), name)
      add("%s = function(a) j = j + 1 return i + j + a + (before and num(before(a)) or %s) end end", name, call)
    else
      add("local function %s(a, ...) local t = {...} t[#t + 1] = %s return #t + a + %s + select('#', ...) + %s end",
        name, value(), number(), call)
    end
  end
  add("return {%s}", table.concat(names, ", "))
  return table.concat(lines, "\n"), functions
end

-- What the functions answer when they are called in some order, each call with what those before did.
local function answers(functions, order)
  local all = {}
  for i, position in ipairs(order) do
    local ok, answer = pcall(functions[position], i % 4)
    if type(answer) == "table" then answer = "table " .. tostring(answer.n) end
    all[i] = ok and answer or tostring(answer)
    if all[i] == nil then all[i] = "nil" end
  end
  return all
end

local batch = 50
local function run(requests, results)
  for groups in requests:iter() do
    local all = {}
    for i, group in ipairs(groups) do all[i] = answers(group.functions, group.order) end
    results:put(all)
  end
end

local requests, results = mp.Queue(), mp.Queue()
local p = mp.Process{target = function() run(requests, results) end}
p:start()
local done = 0
while done < count do
  local groups, texts = {}, {}
  while #groups < batch and done < count do
    local text, functions = source()
    local make = assert(load(text, "=group"))
    local order = {}
    for i = 1, 2 * functions do order[i] = random(functions) end
    local group = {functions = make(), order = order}
    -- Some state before they travel.
    answers(group.functions, {random(functions)})
    groups[#groups + 1], texts[#texts + 1] = group, text
    done = done + functions
  end
  requests:put(groups)
  local far = results:get()
  for i, group in ipairs(groups) do
    for j, expected in ipairs(answers(group.functions, group.order)) do
      local got = far[i][j]
      assert(got == expected and math.type(got) == math.type(expected) or got ~= got and expected ~= expected,
        ("seed %d, call %d: %s here, %s there, of\n%s"):format(seed, j, expected, got, texts[i]))
    end
  end
end
requests:shutdown()
p:join()
assert(p.exitcode == 0)
print "ok"
