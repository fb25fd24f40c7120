-- fork only: it uses the contexts.
-- What goes wrong in a start or before the target runs is said, and leaves nothing.
local mp = require "multiprocessing"
for _, method in ipairs{"spawn", "forkserver"} do
  local ctx = mp.get_context(method)
  local p = ctx.Process{target = print, args = {1, {log = coroutine.create(print)}}}
  local ok, err = pcall(p.start, p)
  assert(not ok and err:is(mp.SerializationError), tostring(err))
  assert(err.message == "cannot send args[2].log (thread)", err.message)
  assert(p.pid == nil and p.exitcode == nil and not p:is_alive() and #mp.active_children() == 0)
  local file = io.tmpfile()
  p = ctx.Process{target = function() return file end}
  ok, err = pcall(p.start, p)
  assert(not ok and err.message:find("cannot send target.file (userdata FILE*), upvalue 'file'", 1, true),
    err.message)
  p = ctx.Process{target = print, kwargs = {f = file}}
  ok, err = pcall(p.start, p)
  assert(not ok and err.message:find("kwargs.f", 1, true), err.message)

  -- What goes wrong there is reported there.
  local quiet = ctx.Process{target = function() os.exit(7) end}
  quiet:start()
  quiet:join()
  assert(quiet.exitcode == 7)
  -- Started twice, or by another.
  ok, err = pcall(quiet.start, quiet)
  assert(not ok and err:is(mp.AssertionError) and err.message == "cannot start a process twice")
  assert(not pcall(ctx.Process.start))

  -- An argument is held by the child as soon as `start` has returned.
  local q = mp.Queue()
  do
    local l = mp.Queue()
    l:put "kept"
    p = ctx.Process{target = function(inner) q:put(inner:get()) end, args = {l}}
    p:start()
  end
  collectgarbage()
  collectgarbage()
  assert(q:get() == "kept")
  p:join()
  assert(p.exitcode == 0)
end

-- The child's error is printed under its name.
local command = arg[-1] .. [[ -e 'local ctx = require "multiprocessing".get_context "spawn"
  local p = ctx.Process{target = function() error "bad" end}
  p:start() p:join() print(p.exitcode)' 2>&1]]
local pipe <close> = assert(io.popen(command))
local text = pipe:read "a"
assert(text:find("Process SpawnProcess-1:\n(command line):2: bad\n", 1, true) and text:find "\n1\n$", text)
print "ok"
