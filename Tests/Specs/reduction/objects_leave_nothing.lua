-- Objects in messages that are received, refused, thrown away, forgotten or lost with a killed process
-- leave no memory; nor do queues that contain themselves or each other.
local mp = require "multiprocessing"

local answer = os.tmpname()
local function command(line)
  assert(os.execute("{ " .. line:gsub("PID", mp.getpid()) .. "; } >" .. answer))
  local file <close> = assert(io.open(answer))
  return assert(file:read "n")
end
local function blocks()
  collectgarbage()
  collectgarbage()
  return command "stat -Lc %b $(find /proc/PID/fd -lname '*memfd:mplua*' | head -n 1)"
end

local q, bounded = mp.Queue(), mp.Queue(1)
local here, there = mp.Pipe()
bounded:put "full"

local makers = {
  received = function() q:put{mp.Lock(), mp.Queue()} q:get() end,
  piped = function() here:send{mp.Lock(), mp.Queue()} there:recv() end,
  bytes_only = function() here:send{mp.Lock()} there:recv_bytes() end,
  full = function() assert(not bounded:try_put{mp.Lock()}) end,
  thrown_away = function()
    local queue = mp.Queue()
    queue:put{mp.Lock()}
    queue:shutdown(true)
  end,
  forgotten = function()
    local queue = mp.Queue()
    queue:put{mp.Lock(), {mp.Queue()}}
  end,
  ends = function()
    local a, b <close> = mp.Pipe()
    q:put{a, b}
    a:close()
    q:get()[1]:close()
  end,
  ends_forgotten = function()
    local queue, a, b = mp.Queue(), mp.Pipe()
    queue:put{a, b, mp.Value("i", 1)}
    a:close()
    b:close()
  end,
  ends_piped = function()
    local a, b = mp.Pipe()
    a:send{b, mp.Lock()}
    here:send{a, b}
    if #there:recv_bytes() == 0 then return end
    a:close()
    b:close()
  end,
  values = function() q:put{mp.Value("i", 5), mp.Array("d", 1000):slice(5)} q:get() end,
  values_forgotten = function()
    local queue = mp.Queue()
    queue:put{mp.RawValue("d", 1), mp.RawArray("d", 600)}
  end,
  pipe_forgotten = function()
    local one, other <close> = mp.Pipe()
    one:send{mp.Lock()}
    one:close()
  end,
  itself = function()
    local queue = mp.Queue()
    queue:put{queue, mp.Lock()}
  end,
  each_other = function()
    local one, other = mp.Queue(), mp.Queue()
    one:put(other)
    other:put(one)
    one:put "more"
  end,
  many = function()
    local locks = {}
    for i = 1, 20 do locks[i] = mp.Lock() end
    q:put(locks)
    q:get()
  end,
}

for name, make in pairs(makers) do
  local function work(count)
    for i = 1, count do
      make()
      if i % 100 == 0 then collectgarbage() end
    end
  end
  work(200)
  local before = blocks()
  work(1500)
  local more = blocks() - before
  -- A page for each would be 12,000 blocks, an entry of 128 bytes for each 375 and more.
  assert(more <= 300, name .. ": " .. more .. " more blocks")
end

-- Processes killed while they send and receive.
local function toil()
  while true do
    local queue = mp.Queue()
    q:put{queue, mp.Lock()}
    queue:put{queue}
    q:get()
  end
end
local function kill_some(count)
  for _ = 1, count do
    local workers = {}
    for i = 1, 2 do
      workers[i] = mp.Process{target = toil}
      workers[i]:start()
    end
    -- Something was sent and received since the start.
    for _ = 1, 20 do
      q:put(mp.Lock())
      q:get()
    end
    for i = 1, 2 do
      workers[i]:kill()
      workers[i]:join()
    end
  end
  while q:try_get() do end
end
kill_some(20)
local before = blocks()
kill_some(50)
assert(blocks() - before <= 300)
os.remove(answer)
print "ok"
