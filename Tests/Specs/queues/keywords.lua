-- The arguments of a queue's methods: by position, by keyword, and what is wrong with the others.
local mp = require "multiprocessing"

local function fails(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok, "no error, expected " .. text)
  assert(type(err) == "table" and err:is(class), tostring(err))
  assert(err.message:find(text, 1, true), err.message)
end

local q = mp.Queue{maxsize = 3}
local T = mp.TypeError
fails(T, "Queue() got an unexpected keyword argument 'maxsiz'; it takes maxsize",
  function() mp.Queue{maxsiz = 3} end)
fails(T, "positional value in a keyword table; write Queue{maxsize = 3}", function() mp.Queue{3} end)
fails(T, "Queue() got multiple values for argument 'maxsize'",
  function() mp.Queue(3, {maxsize = 3}) end)
fails(T, "Queue() takes at most 1 argument (2 given)", function() mp.Queue(3, 4) end)
fails(T, "maxsize must be an integer, got string", function() mp.Queue("many") end)
fails(T, "maxsize must be an integer, got 1.5", function() mp.Queue(1.5) end)
fails(T, "call it as mp.Queue(), with a dot", function() mp:Queue() end)
fails(T, "keywords must be strings, got a boolean", function() mp.Queue{[true] = 1} end)
fails(T, "SimpleQueue() got an unexpected keyword argument 'maxsize'; it takes none",
  function() mp.SimpleQueue{maxsize = 1} end)
fails(T, "SimpleQueue() takes no arguments (1 given)", function() mp.SimpleQueue(1) end)
fails(T, "call it as q:put()", function() q.put(1) end)
fails(T, "bad argument #1 to 'put' (Queue expected, got number", function() q.put(1) end)
fails(T, "bad argument #1 to 'get' (Queue expected, got no value", function() q.get() end)
fails(T, "put() missing 1 required argument: 'obj'", function() q:put() end)
fails(T, "put() takes at most 3 arguments (4 given)", function() q:put(1, nil, nil, nil) end)
fails(T, "put() got multiple values for argument 'block'",
  function() q:put(1, true, {block = false}) end)
fails(T, "positional value in a keyword table; write q:put(v, {timeout = 1})",
  function() q:put(1, {false}) end)
fails(T, "block must be a boolean, got number", function() q:put(1, 0) end)
fails(T, "timeout must be a number of seconds or nil, got string",
  function() q:get(true, "soon") end)
fails(mp.ValueError, "timeout must not be NaN", function() q:get(true, 0 / 0) end)
fails(T, "get() got an unexpected keyword argument 'timout'; it takes block, timeout",
  function() q:get{timout = 1} end)
fails(T, "takes no arguments (1 given)", function() q:get_nowait(1) end)
fails(T, "takes no arguments (1 given)", function() q:qsize(1) end)
fails(T, "takes no arguments (1 given)", function() q:empty(1) end)
fails(T, "takes no arguments (1 given)", function() q:empty{} end)
fails(T, "empty() got an unexpected keyword argument 'timeout'; it takes none",
  function() q:empty{timeout = 1} end)
fails(T, "takes no arguments (1 given)", function() mp.JoinableQueue():join(1) end)
fails(T, "takes no arguments (1 given)", function() mp.JoinableQueue():task_done(1) end)
assert(q:empty())

-- A table in the place of the value is the value.
q:put{block = false}
q:put({1, 2}, {block = false})
q:put({n = 1}, true, {timeout = 1})
assert(q:get().block == false)
assert(#q:get{timeout = 1} == 2)
assert(q:get(true, {timeout = 1}).n == 1)
q:put(nil)
assert(q:get(nil, nil) == nil)
print "ok"
