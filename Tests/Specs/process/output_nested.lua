-- Children of a process with `output` write to where it writes, whatever starts them; with one of their own
-- they have both names.
local mp = require "multiprocessing"

if arg[1] then
  local function run(context, keywords)
    local p = context.Process(keywords)
    p:start()
    p:join()
    assert(p.exitcode == 0)
  end
  run(mp, {name = "outer", output = "prefix", target = function()
    for _, method in ipairs(mp.get_all_start_methods()) do
      local context = mp.get_context(method)
      run(context, {target = function()
        print(method)
        run(context, {target = print, args = {method, "below"}})
      end})
      run(context, {name = "inner", output = "prefix", target = print, args = {method}})
      run(context, {name = "inner", output = "group", target = function()
        print "grouped"
        run(context, {target = print, args = {"below"}})
      end})
    end
    -- Long lines of processes that share a relay stay whole.
    local children = {}
    for i, letter in ipairs{"a", "b", "c"} do
      children[i] = mp.Process{target = function()
        for _ = 1, 20 do print(letter:rep(100000)) end
      end}
      children[i]:start()
    end
    for _ = 1, 20 do print(("d"):rep(100000)) end
    for _, child in ipairs(children) do child:join() end
  end})
  -- A fork server that a process with `output` has started is everybody's.
  run(mp.get_context "forkserver", {target = print, args = {"not nested"}})
  return
end

local file <close> = assert(io.popen(("'%s' %s run 2>&1"):format(arg[-1], arg[0])))
local text, counts = {}, {}
for line in file:lines() do
  if #line > 100 then
    local letter = line:sub(8, 8)
    assert(line == "outer: " .. letter:rep(100000), line:sub(1, 200))
    counts[letter] = (counts[letter] or 0) + 1
  else
    text[#text + 1] = line
  end
end
for _, letter in ipairs{"a", "b", "c", "d"} do assert(counts[letter] == 20, letter) end
local expected = {}
for _, method in ipairs(mp.get_all_start_methods()) do
  table.move({
    "outer: " .. method, "outer: " .. method .. "\tbelow", "outer: inner: " .. method,
    "outer: grouped", "outer: below",
  }, 1, 5, #expected + 1, expected)
end
expected[#expected + 1] = "not nested"
assert(table.concat(text, "\n") == table.concat(expected, "\n"), table.concat(text, "\n"))
print "ok"
