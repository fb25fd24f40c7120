-- The Mandelbrot set with all cores: one task for each row of the picture.
--
--   mplua mandelbrot.lua                     draws it with characters
--   mplua mandelbrot.lua FILE.ppm [WIDTH]    writes a picture of 3/4 its width (1200)

local mp = require "multiprocessing"

-- How many steps each point of a row stays near the origin, up to `limit`.
local function steps_of_row(y, width, height, limit)
  local steps = {}
  local ci = 2.4 * (y - 0.5) / height - 1.2
  for x = 1, width do
    local cr = 3.2 * (x - 0.5) / width - 2.2
    local zr, zi, n = 0.0, 0.0, 0
    while n < limit and zr * zr + zi * zi < 4.0 do
      zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
      n = n + 1
    end
    steps[x] = n
  end
  return steps
end

-- A row as characters: the longer a point stays, the darker.
local function characters(y, width, height)
  local shades, row = " .:-=+*#%@", {}
  for x, n in ipairs(steps_of_row(y, width, height, 100)) do
    local shade = 1 + math.floor(9 * math.log(n) / math.log(100))
    row[x] = shades:sub(shade, shade)
  end
  return (table.concat(row):gsub(" +$", ""))
end

-- A row as the bytes of its colours: red, green, blue for each point.
local function colours(y, width, height)
  local limit, row = 1000, {}
  for x, n in ipairs(steps_of_row(y, width, height, limit)) do
    local t = n < limit and math.log(n) / math.log(limit) or 0
    row[x] = string.char(
      math.floor(255 * t ^ 1.5), math.floor(230 * t ^ 2.5), math.floor(255 * math.sin(math.pi * t)))
  end
  return table.concat(row)
end

if __name__ == "__main__" then
  local file, width = arg[1], tonumber(arg[2]) or (arg[1] and 1200 or 78)
  local height = file and width * 3 // 4 or 24
  local draw = file and colours or characters

  local pool <close> = mp.Pool()
  local rows = pool:map(function(y) return draw(y, width, height) end, mp.range(1, height + 1))

  if file then
    local picture <close> = assert(io.open(file, "wb"))
    assert(picture:write(("P6\n%d %d\n255\n"):format(width, height), table.concat(rows)))
  else
    print(table.concat(rows, "\n"))
  end
end
