-- A block or a ShareableList in a message is opened by its name where it is received, as in Python.
local mp = require "multiprocessing"
local shared_memory = mp.shared_memory

local q, answers = mp.Queue(), mp.Queue()
local here, there = mp.Pipe()

local function work()
  local shm, list = table.unpack(q:get())
  answers:put{shm.name, shm.size, shm.buf:get(1, 5), list[3], tostring(list)}
  shm.buf:set(1, "HELLO")
  list[1] = 100
  shm:close()
  list.shm:close()
  -- The one that the parent made is to be unlinked by a child.
  local other = there:recv()
  other:unlink()
  answers:put "unlinked"
end
local worker = mp.Process{target = work}
worker:start()

local shm = shared_memory.SharedMemory{create = true, size = 100}
local list = shared_memory.ShareableList{1, 2.5, "three"}
shm.buf:set(1, "hello")
local text = tostring(list)
q:put{shm, list}
local answer = answers:get()
assert(answer[1] == shm.name and answer[2] == shm.size and answer[3] == "hello")
assert(answer[4] == "three" and answer[5] == text)
local other = shared_memory.SharedMemory{create = true, size = 10}
here:send(other)
assert(answers:get() == "unlinked")
worker:join()
assert(worker.exitcode == 0)
assert(shm.buf:get(1, 5) == "HELLO" and list[1] == 100)
local ok, err = pcall(other.unlink, other)
assert(not ok and err:is(mp.FileNotFoundError))
other:close()

-- A handle of its own, which is closed for itself; the same block and one userdata in a message.
q:put{shm, shm, list}
local got = q:get()
assert(got[1] == shm and not rawequal(got[1], shm) and rawequal(got[1], got[2]))
assert(got[3].shm.name == list.shm.name and got[3][2] == 2.5)
got[1]:close()
got[3].shm:close()
assert(shm.buf[1] == string.byte "H" and list[3] == "three")
-- One that is closed here is still a name.
shm:close()
q:put(shm)
local open = q:get()
assert(open.buf:get(1, 5) == "HELLO")

-- What is gone, and what has the name by now, is an error at the receiver, and the queue goes on.
local name = open.name
q:put{open, mp.Lock()}
q:put "next"
open:unlink()
ok, err = pcall(q.get, q)
assert(not ok and err:is(mp.FileNotFoundError) and err.message:find(name, 1, true), tostring(err))
assert(q:get() == "next")
q:put(open)
local impostor = shared_memory.SharedMemory(name, true, 50)
ok, err = pcall(q.get, q)
assert(not ok and err:is(mp.FileNotFoundError), tostring(err))
ok, err = pcall(open.unlink, open)
assert(not ok and err:is(mp.FileNotFoundError))
impostor:unlink()
list.shm:unlink()

-- As bytes too; the view of a block says what to send.
local kept <close> = shared_memory.SharedMemory{create = true, size = 1}
local bytes = mp.reduction.ForkingPickler.dumps{kept}
assert(mp.reduction.ForkingPickler.loads(bytes)[1] == kept)
ok, err = pcall(q.put, q, {x = kept.buf})
assert(not ok and err.message == "cannot send x (userdata memoryview; send the SharedMemory)")
kept:unlink()
collectgarbage()
print "ok"
