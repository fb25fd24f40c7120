-- A child that starts with a fresh interpreter instead of a copy of the parent's. In Python:
--
--   import multiprocessing as mp
--
--   def foo(q):
--       q.put('hello')
--
--   if __name__ == '__main__':
--       mp.set_start_method('spawn')
--       q = mp.Queue()
--       p = mp.Process(target=foo, args=(q,))
--       p.start()
--       print(q.get())
--       p.join()
--
-- There the child runs the script again to find foo. Here foo itself is sent: no guard is needed.

local mp = require "multiprocessing"

local function foo(q)
  q:put("hello")
end

if __name__ == "__main__" then
  mp.set_start_method("spawn")
  local q = mp.Queue()
  local p = mp.Process{target = foo, args = {q}}
  p:start()
  print(q:get())
  p:join()
end
