-- The example writes a whole picture: its header, three bytes a point, the same upside down.

local name = os.tmpname()
arg = {[0] = "../../examples/mandelbrot.lua", name, "64"} -- luacheck: ignore 121
dofile(arg[0])

local file = assert(io.open(name, "rb"))
local picture = file:read("a")
file:close()
os.remove(name)

local header = "P6\n64 48\n255\n"
assert(picture:sub(1, #header) == header)
assert(#picture == #header + 64 * 48 * 3)

local function row(y) return picture:sub(#header + (y - 1) * 64 * 3 + 1, #header + y * 64 * 3) end

local colours = {}
for y = 1, 48 do
  assert(row(y) == row(49 - y))
  for point in row(y):gmatch("...") do colours[point] = true end
end
local count = 0
for _ in pairs(colours) do count = count + 1 end
assert(count > 10 and colours["\0\0\0"])

print "ok"
