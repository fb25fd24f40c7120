-- Several writers and readers on the same ends: messages of one byte to 5 MiB come whole.
local mp = require "multiprocessing"
local r, w = mp.Pipe(false)
local sizes = {1, 100, 65536, 200000, 1 << 20, 5 << 20}
local children = {}
for id = 1, 3 do
  children[id] = mp.Process{target = function()
    for round = 1, 4 do
      for _, size in ipairs(sizes) do w:send_bytes(string.char(64 + id):rep(size)) end
    end
  end}
  children[id]:start()
end
local q = mp.Queue()
for id = 4, 5 do
  children[id] = mp.Process{target = function()
    w:close()
    while true do
      local ok, text = pcall(r.recv_bytes, r)
      if not ok then
        assert(text:is(mp.EOFError), tostring(text))
        return q:put(nil)
      end
      assert(text == text:sub(1, 1):rep(#text), "a mixed message")
      q:put{text:sub(1, 1), #text}
    end
  end}
  children[id]:start()
end
w:close()
r:close()
local counts, readers = {}, 2
while readers > 0 do
  local m = q:get()
  if m then
    local key = m[1] .. m[2]
    counts[key] = (counts[key] or 0) + 1
  else
    readers = readers - 1
  end
end
for id = 1, 3 do
  for _, size in ipairs(sizes) do
    local key = string.char(64 + id) .. size
    assert(counts[key] == 4, key)
  end
end
for _, p in ipairs(children) do
  p:join()
  assert(p.exitcode == 0)
end
print "ok"
