-- The function takes arguments. In Python:
--
--   from multiprocessing import Process
--
--   def greeting(name):
--       print('hello' + " " + name)
--
--   if __name__ == '__main__':
--       p = Process(target=greeting, args=('world',))
--       p.start()
--       p.join()

local mp = require "multiprocessing"
local Process = mp.Process

local function greeting(name)
  print("hello" .. " " .. name)
end

if __name__ == "__main__" then
  local p = Process{target = greeting, args = {"world"}}
  p:start()
  p:join()
end
