-- The logger: levels, names, fields, and errors. What is written is tested in LoggingTests.swift.
local mp = require "multiprocessing"
local logging = require "multiprocessing.logging"
assert(logging == mp.logging)
local levels = {NOTSET = 0, SUBDEBUG = 5, DEBUG = 10, INFO = 20, SUBWARNING = 25, WARNING = 30,
  ERROR = 40, CRITICAL = 50}
for name, level in pairs(levels) do assert(mp[name] == level and logging[name] == level, name) end
local function raises(class, text, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok and err:is(class) and tostring(err):find(text, 1, true), tostring(err))
end
local logger = mp.get_logger()
assert(logger == mp.get_logger() and logger == logging.get_logger())
assert(logger.level == 0 and logger.name == "multiprocessing" and logger.other == nil)
assert(logger:getEffectiveLevel() == 30 and logger:isEnabledFor(30) and not logger:isEnabledFor(29))
for name, level in pairs(levels) do
  if name:sub(1, 3) ~= "SUB" then
    logger:setLevel(name)
    assert(logger.level == level)
  end
  logger:setLevel(level)
  assert(logger.level == level)
end
logger:setLevel(7)
assert(logger:getEffectiveLevel() == 7 and logger:isEnabledFor(7) and not logger:isEnabledFor("NOTSET"))
raises(mp.ValueError, "Unknown level: 'info'", logger.setLevel, logger, "info")
logger:setLevel{level = mp.DEBUG}
assert(logger.level == 10 and logger:isEnabledFor{level = "DEBUG"})
raises(mp.TypeError, "setLevel() missing 1 required argument: 'level'", logger.setLevel, logger)
raises(mp.TypeError, "setLevel() takes at most 1 argument", logger.setLevel, logger, 10, 20)
raises(mp.TypeError, "Level not an integer or a valid string: boolean", logger.setLevel, logger, true)
raises(mp.TypeError, "Level not an integer or a valid string: number", logger.setLevel, logger, 1.5)
raises(mp.ValueError, "Unknown level: 'LOUD'", mp.log_to_stderr, "LOUD")
raises(mp.TypeError, "log_to_stderr() got an unexpected keyword argument 'lvel'", mp.log_to_stderr, {lvel = 1})
raises(mp.TypeError, "with a dot", mp.log_to_stderr, mp)
raises(mp.AttributeError, "'Logger' object has no attribute 'level' to set", function() logger.level = 3 end)
raises(mp.TypeError, "call it as logger:info()", function() logger.info("x") end)
logger:setLevel "DEBUG"
raises(mp.TypeError, "message expected, got no value", function() logger:info() end)
-- A message that cannot be formatted is reported; the program goes on.
logger:info("%d", "x")
-- A message below the level is not even formatted.
logger:setLevel "ERROR"
logger:info("%d", "x")
assert(mp.log_to_stderr(mp.CRITICAL) == logger and logger.level == 50)
assert(mp.log_to_stderr() == logger and logger.level == 50)
assert(mp.log_to_stderr{level = "ERROR"}.level == 40)
print "ok"
