-- How `args` and `kwargs` arrive: nils kept, keywords as one trailing table.
local mp = require "multiprocessing"

local q = mp.Queue()
local function show(...)
  local shown = {}
  for i = 1, select("#", ...) do shown[i] = mp.repr((select(i, ...))) end
  q:put(table.concat(shown, " "))
end
local function arrives(as, ...)
  local p = mp.Process(...)
  p:start()
  p:join()
  assert(p.exitcode == 0)
  local got = q:get()
  assert(got == as, got)
end

arrives("", {target = show})
arrives("1 2", {target = show, args = {1, 2}})
arrives("nil 2 nil", {target = show, args = {n = 3, nil, 2, nil}})
arrives("nil nil", {target = show, args = table.pack(nil, nil)})
arrives("0 1 2", {target = show, args = mp.range(3)})
arrives("1 {a = 2}", {target = show, args = {1}, kwargs = {a = 2}})
arrives("", {target = show, args = {}, kwargs = {}})
arrives("1 {k = 2}", nil, show, "name", {1}, {k = 2})
arrives("1", nil, show, "name", {1}, {daemon = true})

local callable = setmetatable({}, {__call = function(_, x) show(x) end})
arrives("7", {target = callable, args = {7}})
print("ok")
