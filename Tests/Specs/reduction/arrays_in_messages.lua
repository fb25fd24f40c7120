-- Arrays and parts of arrays go through queues and pipes as the same memory; so do ranges, as bounds.
local mp = require "multiprocessing"

local q, answers = mp.Queue(), mp.Queue()
local here, there = mp.Pipe()

local small, large = mp.Array("i", {1, 2, 3}), mp.RawArray("d", 1 << 20)
local text = mp.Array("c", "hello")
large[1 << 20] = 0.5
for _, a in ipairs{small, large, text, mp.Array("H", 0), mp.Array("u", "äöü", {lock = mp.Lock()})} do
  q:put{a, [a] = "key"}
  local back = q:get()
  assert(back[1] == a and #back[1] == #a and tostring(back[1]) == tostring(a))
  assert(back[back[1]] == "key")
  there:send(a)
  assert(here:recv() == a)
end
-- The bytes of the array do not travel.
here:send(large)
assert(#there:recv_bytes() < 200)

-- Parts: the same positions of the same memory, and parts of those.
local part = small:slice(2, 3)
q:put{part, small, part:slice(2), small:slice(4)}
local got = q:get()
assert(got[1] == part and #got[1] == 2 and got[1][2] == 3 and #got[4] == 0)
got[1][1] = 20
got[3][1] = 30
assert(small[2] == 20 and small[3] == 30 and got[2][3] == 30)
assert(rawequal(got[1]:get_lock(), small:get_lock()))

local function fill()
  local piece = q:get()
  while piece do
    piece:fill(piece[1])
    answers:put(piece)
    piece = q:get()
  end
end
local worker = mp.Process{target = fill}
worker:start()
local whole = mp.Array("q", 1000)
for i = 1, 10 do
  whole[(i - 1) * 100 + 1] = i
  q:put(whole:slice((i - 1) * 100 + 1, i * 100))
end
for i = 1, 10 do
  local piece = answers:get()
  assert(#piece == 100 and piece[100] == i and piece == whole:slice((i - 1) * 100 + 1, i * 100))
end
q:put(nil)
worker:join()
assert(worker.exitcode == 0 and whole:sum() == 5500)

-- A sender that ended, and memory that nobody else has.
local sender = mp.Process{target = function() q:put(mp.RawArray("b", 3)) end}
sender:start()
sender:join()
local left = q:get()
left[3] = -1
assert(left:sum() == -1)

-- Ranges.
for _, r in ipairs{mp.range(5), mp.range(10, -10, -3), mp.range(math.mininteger // 2, 7)} do
  q:put{r, r}
  local back = q:get()
  assert(back[1] == r and #back[1] == #r and rawequal(back[1], back[2]))
  local copy = mp.reduction.ForkingPickler.loads(mp.reduction.ForkingPickler.dumps(r))
  assert(copy == r)
end

-- Bytes make no memory of other processes.
here:send{small, part}
local bytes = there:recv_bytes()
for position = 1, #bytes do
  for _, byte in ipairs{0, 1, 0x7F, 0x80, 0xFF} do
    local changed = bytes:sub(1, position - 1) .. string.char(byte) .. bytes:sub(position + 1)
    local ok, err = pcall(mp.reduction.ForkingPickler.loads, changed)
    assert(ok or err:is(mp.SerializationError), tostring(err))
  end
end
print "ok"
