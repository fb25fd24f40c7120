-- One process at a time between acquire and release. In Python:
--
--   from multiprocessing import Process, Lock
--
--   def greeting(l, i):
--       l.acquire()
--       print('hello', i)
--       l.release()
--
--   if __name__ == '__main__':
--       lock = Lock()
--       names = ['Alex', 'sam', 'Bernard', 'Patrick', 'Jude', 'Williams']
--       for name in names:
--           Process(target=greeting, args=(lock, name)).start()

local mp = require "multiprocessing"
local Process, Lock = mp.Process, mp.Lock

local function greeting(l, i)
  l:acquire()
  print("hello " .. i)
  l:release()
end

if __name__ == "__main__" then
  local lock = Lock()
  local names = {"Alex", "sam", "Bernard", "Patrick", "Jude", "Williams"}
  for _, name in ipairs(names) do
    Process{target = greeting, args = {lock, name}}:start()
  end
end
