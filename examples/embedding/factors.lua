-- Calls a function of the Swift host with all cores; the host prints what this returns.
local mp = require "multiprocessing"

local numbers = ...
local pool <close> = mp.Pool()
local lists = pool:map(factors, numbers)
local count = 0
for _, list in ipairs(lists) do count = count + #list end
return lists, count
