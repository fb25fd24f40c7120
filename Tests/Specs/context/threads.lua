-- fork only: it is about what becomes of that method.
-- A process with threads, which a module written in C has started, cannot be copied: its children come from
-- the fork server, and that is said once.
local mp = require "multiprocessing"

local library = os.tmpname()
local function command(line)
  local pipe <close> = assert(io.popen(line))
  return pipe:read "a", pipe:close()
end
local compiler <close> = assert(io.popen("gcc -shared -fPIC -x c -o " .. library .. " - -lpthread", "w"))
compiler:write [[
#include <pthread.h>
#include <unistd.h>
static void *idle(void *nothing) { for (;;) pause(); return nothing; }
int start_thread(void *state) {
  pthread_t thread;
  return (void)state, pthread_create(&thread, 0, idle, 0);
}
]]
assert(compiler:close())

local function run(code)
  return (command(string.format("LIBRARY=%s %s -e '%s' 2>&1", library, arg[-1], code)))
end
local shared = [[
  local mp = require "multiprocessing"
  local function parent()
    local file <close> = io.open "/proc/self/stat"
    return math.tointeger(file:read "a":match "%) %a (%d+)")
  end
  local q = mp.Queue()
  local function start()
    local p = mp.Process{target = function() q:put(parent()) end}
    p:start()
    p:join()
    return q:get() == mp.getpid() and "fork" or "server"
  end
]]

-- A thread that is there before the first start, and one that comes later.
local text = run(shared .. [[
  assert(package.loadlib(os.getenv "LIBRARY", "start_thread"))()
  print(start(), start(), mp.get_start_method())
  local pool <close> = mp.Pool(2)
  print(mp.repr(pool:map(function(x) return x * x end, {1, 2, 3})), pool:apply(parent) == mp.getpid())]])
local warning = "this process has 2 threads, which fork would not copy: "
  .. "processes are started by the fork server instead"
local first, last = text:find(warning, 1, true)
assert(first and not text:find(warning, last, true), text)
assert(text:find "server\tserver\tfork\n{1, 4, 9}\tfalse\n$", text)

text = run(shared .. [[
  print(start())
  assert(package.loadlib(os.getenv "LIBRARY", "start_thread"))()
  print(start())
  print(mp.get_context "spawn".Process{target = print, args = {"spawned"}}:start())]])
assert(text:find "^fork\n" and text:find "\nserver\n" and text:find "\nspawned\n", text)

assert(not run(shared .. "print(start())"):find "threads")
os.remove(library)
print "ok"
