-- Two processes at a time. In Python:
--
--   from multiprocessing import Process
--
--   def square(x):
--       for x in numbers:
--           print('%s squared  is  %s' % (x, x**2))
--
--   def is_even(x):
--       for x in numbers:
--           if x % 2 == 0:
--               print('%s is an even number ' % (x))
--
--   if __name__ == '__main__':
--       numbers = [43, 50, 5, 98, 34, 35]
--       p1 = Process(target=square, args=('x',))
--       p2 = Process(target=is_even, args=('x',))
--       p1.start()
--       p2.start()
--       p1.join()
--       p2.join()
--       print("Done")

local mp = require "multiprocessing"
local Process = mp.Process

local function square(x)
  for _, x in ipairs(numbers) do
    print(("%s squared  is  %s"):format(x, x * x))
  end
end

local function is_even(x)
  for _, x in ipairs(numbers) do
    if x % 2 == 0 then
      print(("%s is an even number "):format(x))
    end
  end
end

if __name__ == "__main__" then
  numbers = {43, 50, 5, 98, 34, 35}
  local p1 = Process{target = square, args = {"x"}}
  local p2 = Process{target = is_even, args = {"x"}}
  p1:start()
  p2:start()
  p1:join()
  p2:join()
  print("Done")
end
