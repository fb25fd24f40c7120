-- What a process finds that is no copy of the one that starts it: where modules are, the command line,
-- the working directory, the logger, its own names; and no trace of the script.
local mp = require "multiprocessing"
package.path = "./context/lib/?.lua;" .. package.path
package.cpath = "./nowhere/?.so;" .. package.cpath
local module = require "spec_context_module"
script_ran = (script_ran or 0) + 1 -- luacheck: ignore 111 113

local q = mp.Queue()
mp.current_process().authkey = "secret"
mp.get_logger():setLevel(mp.ERROR)
local function look()
  local pipe <close> = assert(io.popen "pwd")
  q:put{
    path = package.path, cpath = package.cpath, arg = arg, directory = pipe:read(),
    name = __name__, level = mp.get_logger().level, key = mp.current_process().authkey,
    method = mp.get_start_method(), parent = mp.parent_process().pid, parents = mp.parent_process().name,
    process = mp.current_process().name, daemon = mp.current_process().daemon,
    double = module.double(21), required = require "spec_context_module".double(4),
    input = io.read(), cwd = loadfile "context/fresh_state.lua" ~= nil,
  }
end
local p = mp.Process{target = look, daemon = true}
p:start()
local seen = q:get()
p:join()
assert(p.exitcode == 0)
assert(seen.path == package.path and seen.cpath == package.cpath)
for position, text in pairs(arg) do assert(seen.arg[position] == text) end
local pipe <close> = assert(io.popen "pwd")
assert(seen.directory == pipe:read() and seen.cwd)
assert(seen.level == mp.ERROR and seen.key == "secret" and seen.method == mp.get_start_method())
assert(seen.parent == mp.getpid() and seen.parents == "MainProcess")
assert(seen.process == p.name and seen.daemon == true and seen.input == nil)
assert(seen.double == 42 and seen.required == 8)
local isCopy = mp.get_start_method() == "fork"
assert(seen.name == (isCopy and "__main__" or "__mp_main__"))

-- Its children are named after it, and started the same way.
p = mp.Process{target = function()
  local inner = mp.Process{target = function()
    q:put{mp.current_process().name, mp.parent_process().name, __name__}
  end}
  inner:start()
  inner:join()
  assert(inner.exitcode == 0)
end}
p:start()
p:join()
assert(p.exitcode == 0)
seen = q:get()
assert(seen[1] == p.name .. ":1" and seen[2] == p.name)
assert(seen[3] == (isCopy and "__main__" or "__mp_main__"))

-- Only copies have what the function does not use.
p = mp.Process{target = function() q:put(rawget(_G, "script_" .. "ran") or false) end}
p:start()
assert(q:get() == (isCopy and 1 or false))
p:join()
print "ok"
