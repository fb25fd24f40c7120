-- Pipe: both ways, one way, messages of any value, and the texts of what an end cannot do.
local mp = require "multiprocessing"

local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err) == class.name .. ": " .. text, tostring(err))
  return err
end
local a, b = mp.Pipe()
assert(a.readable and a.writable and b.readable and b.writable and not a.closed)
assert(tostring(a):match("^<Connection at 0x%x+>$") and a == a and a ~= b)
a:send{"hello", {1, 2}}
a:send(nil)
a:send(false)
a:send_bytes("")
assert(b:poll())
local v = b:recv()
assert(v[1] == "hello" and v[2][2] == 2)
assert(select("#", b:recv()) == 1 and b:recv() == false)
assert(b:poll() and b:recv_bytes() == "" and not b:poll())
b:send("back")
assert(a:recv() == "back")

local r, w = mp.Pipe(false)
assert(r.readable and not r.writable and w.writable and not w.readable)
raises(mp.OSError, "connection is read-only", r.send, r, 1)
raises(mp.OSError, "connection is read-only", r.send_bytes, r, "x")
for _, method in ipairs{"recv", "recv_bytes", "poll", "try_recv"} do
  raises(mp.OSError, "connection is write-only", w[method], w)
end
w:send(1)
w:close()
w:close()
assert(w.closed and tostring(w):match(" closed>$"))
for _, method in ipairs{"recv", "recv_bytes", "poll", "fileno", "try_recv"} do
  raises(mp.OSError, "handle is closed", w[method], w)
end
raises(mp.OSError, "handle is closed", w.send, w, 1)
raises(mp.OSError, "handle is closed", w.send_bytes, w, "x")
assert(r:recv() == 1)
assert(r:poll() and r:poll(10) and r:poll(nil))
raises(mp.EOFError, "end of file", r.recv, r)
raises(mp.EOFError, "end of file", r.recv_bytes, r)
local ok, err = r:try_recv()
assert(ok == false and err:is(mp.EOFError))

r, w = mp.Pipe{duplex = false}
r:close()
err = raises(mp.BrokenPipeError, "[Errno 32] Broken pipe", w.send, w, 1)
assert(err.errno == 32 and err:is(mp.OSError))
raises(mp.BrokenPipeError, "[Errno 32] Broken pipe", w.send_bytes, w, "")
raises(mp.TypeError, "duplex must be a boolean, got number", mp.Pipe, 1)
raises(mp.TypeError, "Pipe() got an unexpected keyword argument 'duplx'; it takes duplex",
  mp.Pipe, {duplx = true})
raises(mp.TypeError, "send() missing 1 required argument: 'obj'", a.send, a)
raises(mp.TypeError, "recv() takes no arguments (1 given)", a.recv, a, 1)
raises(mp.AttributeError, "'Connection' object has no attribute 'x' to set",
  function() a.x = 1 end)
assert(a.x == nil and a[1] == nil)
ok, err = pcall(function() a.send(1) end)
assert(not ok and err.message:find("call it as conn:send()", 1, true), err)
assert(math.type(a:fileno()) == "integer" and a:fileno() ~= b:fileno())
do
  local c <close>, d = mp.Pipe()
  r, w = c, d
end
assert(r.closed and not w.closed)
print "ok"
