-- Python's own example of an executor. In Python:
--
--   import concurrent.futures
--   import math
--
--   PRIMES = [
--       112272535095293,
--       112582705942171,
--       112272535095293,
--       115280095190773,
--       115797848077099,
--       1099726899285419]
--
--   def is_prime(n):
--       if n < 2:
--           return False
--       if n == 2:
--           return True
--       if n % 2 == 0:
--           return False
--
--       sqrt_n = int(math.floor(math.sqrt(n)))
--       for i in range(3, sqrt_n + 1, 2):
--           if n % i == 0:
--               return False
--       return True
--
--   def main():
--       with concurrent.futures.ProcessPoolExecutor() as executor:
--           for number, prime in zip(PRIMES, executor.map(is_prime, PRIMES)):
--               print('%d is prime: %s' % (number, prime))
--
--   if __name__ == '__main__':
--       main()

local futures = require "multiprocessing.futures"

local PRIMES = {
  112272535095293,
  112582705942171,
  112272535095293,
  115280095190773,
  115797848077099,
  1099726899285419,
}

local function is_prime(n)
  if n < 2 then
    return false
  end
  if n == 2 then
    return true
  end
  if n % 2 == 0 then
    return false
  end

  local sqrt_n = math.floor(math.sqrt(n))
  for i = 3, sqrt_n, 2 do
    if n % i == 0 then
      return false
    end
  end
  return true
end

local function main()
  local executor <close> = futures.ProcessPoolExecutor()
  for prime, i in executor:map(is_prime, PRIMES) do
    print(("%d is prime: %s"):format(PRIMES[i], prime))
  end
end

if __name__ == "__main__" then
  main()
end
