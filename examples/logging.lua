-- What the module is doing, on standard error. In Python:
--
--   import multiprocessing
--   import logging
--
--   if __name__ == '__main__':
--       logger = multiprocessing.log_to_stderr()
--       logger.setLevel(logging.INFO)
--       logger.warning('Error has occurred')

local mp = require "multiprocessing"
local logging = require "multiprocessing.logging"

if __name__ == "__main__" then
  local logger = mp.log_to_stderr()
  logger:setLevel(logging.INFO)
  logger:warning("Error has occurred")
end
