-- Why an initializer fails is printed once, not by each worker that takes the place of another.
local mp = require "multiprocessing"

local exe = "/proc/" .. mp.getpid() .. "/exe"
local function run(body)
  local file = io.popen(([[%s -e '
    local mp = require "multiprocessing"
    mp.set_start_method("%s", true)
    local q = mp.Queue()
    %s' 2>&1]]):format(exe, mp.get_start_method(), body))
  local text = file:read "a"
  assert(file:close(), text)
  return text
end
local function count(text, part)
  return select(2, text:gsub(part, ""))
end

local text = run [[
  local pool = mp.Pool(3, function() error "no licence" end)
  local ok, err = pcall(pool.map, pool, print, {1, 2, 3})
  assert(not ok and err:is(mp.BrokenProcessPool))
  print(err.message:match "no licence")]]
assert(count(text, "Process %a+PoolWorker%-%d+:\n") == 1, text)
assert(count(text, "stack traceback:") == 1, text)
assert(count(text, "no licence") == 2, text)

-- Once a worker has got further, another failure is told again.
text = run [[
  local pool = mp.Pool(1, function(q)
    q:put(1)
    if q:qsize() % 2 == 1 then error "busy" end
  end, {q}, 1)
  print(#pool:map(function(x) return x end, {1, 2, 3}, 1))
  pool:terminate()]]
assert(count(text, "\n3\n") == 1, text)
assert(count(text, "Process %a+PoolWorker%-%d+:\n") >= 3, text)
print "ok"
