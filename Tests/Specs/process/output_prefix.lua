-- Process{output = "prefix"}: each line of all that a child writes comes behind its name, whole.
local mp = require "multiprocessing"

if arg[1] then
  local lines = mp.Process{output = "prefix", target = function(n)
    print("printed", n)
    print()
    io.write("two\nlines\n", "in ", "parts") io.write "\n"
    io.stderr:write("error ", "in parts\n", "\n")
    os.execute "echo shell; echo complaint >&2"
    local cat <close> = io.popen("cat", "w")
    cat:write "piped\n"
    cat:close()
    io.write "no newline"
  end, args = {5}}
  lines:start()
  lines:join()
  print("joined", lines.exitcode)
  local Worker = mp.Process:extend "Worker"
  function Worker:init(text)
    mp.Process.init(self, {name = "a\nb", output = "prefix"})
    self.text = text
  end
  function Worker:run()
    print(self.text)
    error("failed", 0)
  end
  local worker = Worker "field"
  worker:start()
  worker:join()
  -- Longer than a pipe and than what is kept in memory.
  local long = mp.Process{name = "long", output = "prefix", target = function()
    io.write(("x"):rep(70000), "\n", ("y"):rep(3 << 20), "z\nend\n")
  end}
  long:start()
  long:join()
  -- Without the keyword nothing is put before a line.
  local plain = mp.Process{target = print, args = {"plain"}}
  plain:start()
  plain:join()
  return
end

local function run(redirection)
  local file <close> = assert(io.popen(("'%s' %s run %s"):format(arg[-1], arg[0], redirection)))
  return file:read "a"
end
local function expect(got, expected)
  assert(got == expected, ("%q instead of %q"):format(got:sub(1, 2000), expected:sub(1, 2000)))
end
-- A dot stands for the blank at the end of an empty line.
expect(run "2>/dev/null", ([[
Process-1: printed	5
Process-1: .
Process-1: two
Process-1: lines
Process-1: in parts
Process-1: shell
Process-1: piped
Process-1: no newline
joined	0
a?b: field
long: X
long: Yz
long: end
plain
]]):gsub(": %.\n", ": \n"):gsub("X", ("x"):rep(70000)):gsub("Y", ("y"):rep(3 << 20)))
local errors = run "2>&1 >/dev/null"
expect((errors:gsub("\na%?b: \t[^\n]*", "")), ([[
Process-1: error in parts
Process-1: .
Process-1: complaint
a?b: Process a
a?b: b:
a?b: failed
a?b: stack traceback:
]]):gsub(": %.\n", ": \n"))
assert(errors:find("\na?b: \t[C]: in function 'error'\n", 1, true), errors)
print "ok"
