-- What Lua's libraries have of themselves is the receiver's own: the tables of `package`, the standard files,
-- the metatables of strings and files, and the functions in all those.
-- luacheck: ignore 122
local mp = require "multiprocessing"

local names = {
  "_G", "string", "package", "package.loaded", "package.preload", "package.searchers", "package.searchers[2]",
  "io.stdin", "io.stdout", "io.stderr", "getmetatable('')", "getmetatable('').__index", "getmetatable('').__unm",
  "getmetatable(io.stdout)", "io.stdout.write", "getmetatable(io.stdout).__index", "getmetatable(io.stdout).__gc",
}
local values = {}
for i, name in ipairs(names) do values[i] = assert(load("return " .. name))() end

local down, up = mp.Queue(), mp.Queue()
local function check()
  local log, loaded = io.stderr, package.loaded -- sent as upvalues to a fresh process
  local got = down:get()
  local wrong = {}
  for i, name in ipairs(names) do
    if not rawequal(got[i], load("return " .. name)()) then wrong[#wrong + 1] = name end
  end
  up:put{wrong = wrong, own = rawequal(log, io.stderr) and rawequal(loaded, package.loaded)}
end
local p = mp.Process{target = check}
p:start()
down:put(values)
local answer = up:get()
assert(#answer.wrong == 0, mp.repr(answer.wrong))
assert(answer.own)
p:join()

-- As arguments, and what is written goes where the receiver's output goes.
local function greet(out, loaded)
  assert(rawequal(out, io.stdout) and rawequal(loaded, package.loaded))
  out:write "hello\n"
end
p = mp.Process{target = greet, args = {io.stdout, package.loaded}}
p:start()
p:join()
assert(p.exitcode == 0)

-- Whatever a script has put in their places, and no other file.
local out = io.stdout
io.stdout = io.tmpfile()
down:put(out)
assert(rawequal(down:get(), out))
local ok, err = pcall(down.put, down, {log = io.stdout})
assert(not ok and err:is(mp.SerializationError) and err.message == "cannot send log (userdata FILE*)", err)
io.stdout = out
print "ok"
