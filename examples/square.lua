-- The child sees the parent's global `numbers`, and the end of the program waits for it. In Python:
--
--   from multiprocessing import Process
--
--   def square(x):
--       for x in numbers:
--           print('%s squared  is  %s' % (x, x**2))
--
--   if __name__ == '__main__':
--       numbers = [43, 50, 5, 98, 34, 35]
--       p = Process(target=square, args=('x',))
--       p.start()
--       p.join
--       print("Done")

local mp = require "multiprocessing"
local Process = mp.Process

local function square(x)
  for _, x in ipairs(numbers) do
    print(("%s squared  is  %s"):format(x, x * x))
  end
end

if __name__ == "__main__" then
  numbers = {43, 50, 5, 98, 34, 35}
  local p = Process{target = square, args = {"x"}}
  p:start()
  -- `p.join` without parentheses calls nothing, in Python too, and is no statement in Lua.
  print("Done")
end
