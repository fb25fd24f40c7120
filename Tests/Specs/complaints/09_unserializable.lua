-- Python: what cannot be pickled is lost without a word, or is reported by a thread without the place.
-- Here the call that gives it fails, names what it is and where, and nothing was sent.
local mp = require "multiprocessing"
local pool <close> = mp.Pool(1)
local function id(x) return x end
local thread = coroutine.create(id)
local function fails(text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and tostring(err) == text, tostring(err))
end
fails("SerializationError: cannot send args[2].log[1] (thread)", pool.apply_async, pool, id,
  {1, {log = {thread}}})
fails("SerializationError: cannot send iterable[2] (thread)", pool.map, pool, id, {1, thread}, 2)
local ok, err = pcall(pool.apply, pool, function() return thread end)
assert(not ok and err:is(mp.SerializationError))
assert(err.message:find "^cannot send func%.thread %(thread%), upvalue 'thread' of function at ", err)
-- So does a result, for who asks for it.
ok, err = pcall(pool.apply, pool, function() return {coroutine.create(print)} end)
assert(not ok and err:is(mp.SerializationError))
assert(err.message:find "^Error sending result: '{<thread: 0x%x+>}'%. Reason: 'SerializationError: "
  and err.message:find("cannot send result[1] (thread)", 1, true), err.message)
assert(err:is(mp.pool.MaybeEncodingError) and err.value:find "^{<thread: 0x%x+>}$")
assert(err.exc == "SerializationError: cannot send result[1] (thread)", err.exc)
-- Of several in one chunk it says which it was.
ok, err = pcall(pool.map, pool, function(n)
  return n < 7 and n or {n, {log = coroutine.create(print)}}
end, mp.range(10), 5)
assert(not ok and err:is(mp.SerializationError))
assert(err.message:find "^Error sending result of item 8: '{7, {log = <thread: 0x%x+>}}'%. Reason: "
  and err.message:find("cannot send result[2].log (thread)", 1, true), err.message)
local q = mp.Queue()
ok = pcall(q.put, q, {1, thread})
assert(not ok and q:empty())
assert(pool:stats().pending == 0 and pool:apply(id, {"goes on"}) == "goes on")
print "ok"
