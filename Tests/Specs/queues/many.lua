-- put_many and get_many: whole lists, as far as there is room.
local mp = require "multiprocessing"

local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err):find(text, 1, true), tostring(err))
  return err
end

local q = mp.Queue(3)
local err = raises(mp.Full, "the queue is full", q.put_many, q, {1, 2, 3, 4, 5}, false)
assert(err.value == 3 and #q == 3)
err = raises(mp.Full, "the queue is full", q.put_many, q, {1}, {timeout = 0.01})
assert(err.value == 0)
local got = q:get_many(2)
assert(#got == 2 and got.n == 2 and got[1] == 1 and got[2] == 2)
got = q:get_many(math.maxinteger)
assert(got.n == 1 and got[1] == 3)
raises(mp.Empty, "the queue is empty", q.get_many, q, 5, false)
raises(mp.Empty, "the queue is empty", q.get_many, q, 5, {timeout = 0.01})
raises(mp.ValueError, "n must be at least 1, got 0", q.get_many, q, 0)
raises(mp.TypeError, "missing 1 required argument: 'n'", q.get_many, q)
raises(mp.TypeError, "n must be an integer, got string", q.get_many, q, "x")
raises(mp.TypeError, "missing 1 required argument: 'list'", q.put_many, q)
raises(mp.TypeError, "list must be a", q.put_many, q, 5)
raises(mp.TypeError, "list must be a", q.put_many, q, nil)

-- Nothing is put when one value cannot be; the message says which.
err = raises(mp.SerializationError, "list[2].log", q.put_many, q, {1, {log = io.tmpfile()}})
assert(#q == 0)

q:put_many({})
assert(q:empty())
q:put_many(table.pack(nil, false, nil))
got = q:get_many(10)
assert(got.n == 3 and got[2] == false and got[1] == nil and got[3] == nil)
q = mp.Queue()
q:put_many(mp.range(1000))
assert(#q == 1000)
got = q:get_many(1000)
assert(#got == 1000 and got[1] == 0 and got[1000] == 999)

-- A list longer than the queue, taken by somebody else meanwhile.
q = mp.Queue(7)
local p = mp.Process{target = function() q:put_many(mp.range(10000)) end}
p:start()
local expected = 0
while expected < 10000 do
  for _, v in ipairs(q:get_many(100)) do
    assert(v == expected)
    expected = expected + 1
  end
end
p:join()
assert(p.exitcode == 0 and q:empty())
print "ok"
