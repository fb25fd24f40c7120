-- A pipe has two ends, one for each of two processes. In Python:
--
--   from multiprocessing import Process, Pipe
--
--   def f(conn):
--       conn.send(['hello world'])
--       conn.close()
--
--   if __name__ == '__main__':
--       parent_conn, child_conn = Pipe()
--       p = Process(target=f, args=(child_conn,))
--       p.start()
--       print(parent_conn.recv())
--       p.join()

local mp = require "multiprocessing"
local Process, Pipe = mp.Process, mp.Pipe

local function f(conn)
  conn:send({"hello world"})
  conn:close()
end

if __name__ == "__main__" then
  local parent_conn, child_conn = Pipe()
  local p = Process{target = f, args = {child_conn}}
  p:start()
  print(mp.repr(parent_conn:recv()))
  p:join()
end
