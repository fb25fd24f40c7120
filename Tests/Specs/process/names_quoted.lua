-- A process's name is quoted in `tostring` as Python's `repr` quotes it.
local mp = require "multiprocessing"
for name, quoted in pairs{
  ["a b"] = "'a b'", ["it's"] = '"it\'s"', ['say "x"'] = "'say \"x\"'",
  ["'\""] = [['\'"']], ["a\nb\t\\"] = [['a\nb\t\\']], ["\0\27"] = [['\x00\x1b']],
  ["käse"] = "'käse'",
} do
  local p = mp.Process{name = name}
  assert(tostring(p) == ("<Process name=%s parent=%d initial>"):format(quoted, mp.getpid()), quoted)
end
mp.current_process().name = "m'"
assert(tostring(mp.current_process()) == [[<_MainProcess name="m'" parent=None started>]])
print "ok"
