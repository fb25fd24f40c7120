-- A function runs in a process of its own. In Python:
--
--   from multiprocessing import Process
--
--   def greeting():
--       print('hello world')
--
--   if __name__ == '__main__':
--       p = Process(target=greeting)
--       p.start()
--       p.join()

local mp = require "multiprocessing"
local Process = mp.Process

local function greeting()
  print("hello world")
end

if __name__ == "__main__" then
  local p = Process{target = greeting}
  p:start()
  p:join()
end
