-- A queue carries values from one process to another. In Python:
--
--   import multiprocessing
--
--   def is_even(numbers, q):
--       for n in numbers:
--           if n % 2 == 0:
--               q.put(n)
--
--   if __name__ == "__main__":
--       q = multiprocessing.Queue()
--       p = multiprocessing.Process(target=is_even, args=(range(20), q))
--       p.start()
--       p.join()
--       while q:
--           print(q.get())
--
-- There the loop never ends: a Python queue is true even when it is empty.

local mp = require "multiprocessing"
local Process, Queue = mp.Process, mp.Queue

local function is_even(numbers, q)
  for _, n in ipairs(numbers) do
    if n % 2 == 0 then
      q:put(n)
    end
  end
end

if __name__ == "__main__" then
  local q = Queue()
  local p = Process{target = is_even, args = {mp.range(20), q}}
  p:start()
  p:join()
  while not q:empty() do
    print(q:get())
  end
end
