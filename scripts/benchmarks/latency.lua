-- latency pipe|queue N: round trips of a small message.
local mp = require "multiprocessing"
local bench = require "bench"

local how, n = arg[1], tonumber(arg[2])

local function echo_pipe(conn)
  for _ = 1, n do conn:send(conn:recv()) end
end

local function echo_queue(there, back)
  for _ = 1, n do back:put(there:get()) end
end

local p, round_trip
if how == "pipe" then
  local ours, theirs = mp.Pipe()
  p = mp.Process{target = echo_pipe, args = {theirs}}
  round_trip = function(i)
    ours:send(i)
    return ours:recv()
  end
else
  local there, back = mp.SimpleQueue(), mp.SimpleQueue()
  p = mp.Process{target = echo_queue, args = {there, back}}
  round_trip = function(i)
    there:put(i)
    return back:get()
  end
end
p:start()
local times = {}
for i = 1, n do
  local began = mp.time()
  round_trip(i)
  times[i] = mp.time() - began
end
p:join()
bench.report(how .. "_us", bench.median(times) * 1e6)
