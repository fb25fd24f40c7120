-- Processes killed while they send and receive ends of pipes: no end is lost but with its reader, none
-- stays open, no descriptor and no place among those under way is left behind.
local mp = require "multiprocessing"

local answer = os.tmpname()
local function command(line)
  assert(os.execute("{ " .. line:gsub("PID", mp.getpid()) .. "; } >" .. answer))
  local file <close> = assert(io.open(answer))
  return assert(file:read "n")
end
local function look()
  collectgarbage()
  collectgarbage()
  return command "ls /proc/PID/fd | wc -l",
    command "stat -Lc %b $(find /proc/PID/fd -lname '*memfd:mplua*' | head -n 1)"
end

local function ends(conn)
  local got, err = conn:try_recv(20)
  assert(got == false and err and err:is(mp.EOFError), tostring(err))
end

-- A sender that ends, or is killed, with the end in a queue and in a pipe.
local q, ready = mp.Queue(), mp.Queue()
local here, there = mp.Pipe()
for _, killed in ipairs{false, true} do
  local sender = mp.Process{target = function()
    local a, b = mp.Pipe()
    q:put{a}
    here:send{b}
    ready:put(true)
    if killed then mp.sleep(1000) end
  end}
  sender:start()
  ready:get()
  if killed then sender:kill() end
  sender:join()
  local a, b = q:get()[1], there:recv()[1]
  a:send "over"
  assert(b:recv() == "over")
  a:close()
  ends(b)
end

-- A receiver that is killed with the end in its hands, and one that waits for it.
for _ = 1, 3 do
  local receiver = mp.Process{target = function()
    local conn = q:get()
    conn:send "mine"
    q:get()
  end}
  receiver:start()
  local mine, its = mp.Pipe()
  q:put(its)
  its:close()
  assert(mine:recv() == "mine")
  receiver:kill()
  receiver:join()
  ends(mine)
end

-- A queue, and a pipe, that die with a process and carry the last hold of an end.
for _, through_pipe in ipairs{false, true} do
  local holder = mp.Process{target = function()
    local conn = there:recv()
    local own, other = mp.Queue(), {mp.Pipe()}
    if through_pipe then other[1]:send{conn, other} else own:put{conn, own} end
    conn:close()
    ready:put(true)
    mp.sleep(1000)
  end}
  holder:start()
  local mine, its = mp.Pipe()
  here:send(its)
  its:close()
  ready:get()
  assert(not mine:poll(0))
  holder:kill()
  holder:join()
  ends(mine)
end

-- Killed at any moment.
local function toil()
  local inbox = mp.Queue()
  while true do
    local a, b = mp.Pipe()
    q:put{a, mp.Lock()}
    inbox:put(b)
    a:send{b}
    inbox:get():close()
    local found, message = q:try_get(0.01)
    if found then pcall(message[1].send, message[1], message[2]) end
    a:close()
    if not found then inbox = mp.Queue() end
  end
end
local function kill_some(count)
  for _ = 1, count do
    local workers = {}
    for i = 1, 2 do
      workers[i] = mp.Process{target = toil}
      workers[i]:start()
    end
    for _ = 1, 20 do
      local a, b = mp.Pipe()
      q:put{a}
      a:close()
      q:get()
      b:close()
    end
    for i = 1, 2 do
      workers[i]:kill()
      workers[i]:join()
    end
    while q:try_get() do end
  end
end
kill_some(20)
local descriptors, blocks = look()
kill_some(40)
local after, blocks_after = look()
assert(after == descriptors, after - descriptors .. " more descriptors")
assert(blocks_after - blocks <= 300, blocks_after - blocks .. " more blocks")

-- As many as ever may be on their way.
local kept = {}
for i = 1, 128 do
  kept[i] = {mp.Pipe()}
  q:put(kept[i])
end
local ok, err = pcall(q.put, q, {(mp.Pipe())})
assert(not ok and err:is(mp.OSError), tostring(err))
for i = 1, 128 do assert(rawequal(q:get()[2], kept[i][2])) end
os.remove(answer)
print "ok"
