-- A function that takes more than a megabyte along is told of once, with the names and sizes.
local mp = require "multiprocessing"
local name = os.tmpname()
local function messages(level)
  -- What a child says on its standard error, which is a file here.
  local script = [[
    local mp = require "multiprocessing"
    LEVEL
    local q = mp.Queue()
    local data, small, log = ("x"):rep(3 << 20), "small", io.tmpfile()
    numbers = {}
    for i = 1, 1 << 19 do numbers[i] = i * 1.5 end
    local function light() return small end
    local function heavy() return data, small end
    local function global() return numbers, small end
    local function refused() return data, log end
    q:put(light)
    for _ = 1, 3 do q:put(heavy) q:put{heavy} q:get() end
    q:put(function() return heavy() end)
    q:put(data)
    pcall(q.put, q, refused)
    q:put(global)
  ]]
  local file <close> = assert(io.open(name, "w"))
  file:write((script:gsub("LEVEL", level or "")))
  file:close()
  local out <close> = io.popen(("'%s' '%s' 2>&1"):format(arg[-1], name))
  return (out:read "a":gsub(name:gsub("%p", "%%%0"), "script"))
end
local heavy = "the function at script:8 takes 3.0 MiB along in a message: upvalue 'data' (3.0 MiB)\n"
local inner = "the function at script:13 takes 3.0 MiB along in a message: upvalue 'heavy' (3.0 MiB)\n"
local global = "the function at script:9 takes 4.5 MiB along in a message: global 'numbers' (4.5 MiB)\n"
assert(messages() == heavy .. inner .. global, messages())
assert(messages "mp.log_to_stderr()" == ("[WARNING/MainProcess] %s"):rep(3):format(heavy, inner, global))
assert(messages "mp.get_logger():setLevel(mp.ERROR)" == "")
os.remove(name)
print "ok"
