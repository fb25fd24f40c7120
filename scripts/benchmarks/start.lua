-- start METHOD N [MIB]: empty children, one after the other, from a parent that holds so much.
local mp = require "multiprocessing"
local bench = require "bench"

local method, n, heap = arg[1], tonumber(arg[2]), tonumber((arg[3] or "0"):match("%d+"))

local held = {} -- luacheck: ignore 241
for i = 1, heap * 256 do held[i] = string.rep(string.char(i & 255), 4060) .. i end

local Process = mp.get_context(method).Process

local function nothing() end

local function start(count)
  for _ = 1, count do
    local p = Process{target = nothing}
    p:start()
    p:join()
  end
end

start(1) -- a server is running now
local began = mp.time()
start(n)
local rate = n / (mp.time() - began)
bench.report((heap > 0 and "large_parent" or method) .. "_children_per_s", rate)
