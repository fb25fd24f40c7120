-- cpu primes|mandelbrot N: plain Lua, no other process. Under `lua5.4` too, hence its own clock.
local bench = require "bench"

local jobs = {}

function jobs.primes(limit)
  local count = 0
  for n = 2, limit do
    local is_prime = true
    for d = 2, n do
      if d * d > n then break end
      if n % d == 0 then
        is_prime = false
        break
      end
    end
    if is_prime then count = count + 1 end
  end
  return count
end

function jobs.mandelbrot(size)
  local sum = 0
  for y = 0, size - 1 do
    local ci = 2.0 * y / size - 1.0
    for x = 0, size - 1 do
      local cr, zr, zi, n = 2.0 * x / size - 1.5, 0.0, 0.0, 0
      while n < 50 and zr * zr + zi * zi < 4.0 do
        zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
        n = n + 1
      end
      sum = sum + n
    end
  end
  return sum
end

local began = os.clock()
jobs[arg[1]](tonumber(arg[2]))
bench.report(arg[1] .. "_per_s", 1 / (os.clock() - began))
