-- Process{output = "group"}: nothing comes before a child has ended, then all that it wrote, as it was.
local mp = require "multiprocessing"

if arg[1] then
  local written, go = mp.Queue(), mp.Event()
  local children = {}
  for i, letter in ipairs{"a", "b"} do
    children[i] = mp.Process{output = "group", target = function()
      print(letter)
      io.stderr:write(letter, " fails\n")
      os.execute("echo shell " .. letter)
      written:put(letter)
      go:wait()
      -- More than is kept in memory; both write at once.
      local line = letter:rep(1023) .. "\n"
      for _ = 1, 3000 do io.write(line) end
      io.write("end of ", letter)
    end}
    children[i]:start()
  end
  written:get()
  written:get()
  print "both have written"
  io.stderr:write "both have written\n"
  io.flush()
  go:set()
  for _, child in ipairs(children) do child:join() end
  print "\njoined"
  local silent = mp.Process{output = "group", target = function() end}
  silent:start()
  silent:join()
  -- Its streams are at their end long before it is.
  local closes = mp.Process{output = "group", target = function()
    print "before"
    io.stdout:close()
    io.stderr:close()
    written:put "closed"
    go:wait()
  end}
  go:clear()
  closes:start()
  written:get()
  print "closed"
  go:set()
  closes:join()
  return
end

local function run(redirection)
  local file <close> = assert(io.popen(("'%s' %s run %s"):format(arg[-1], arg[0], redirection)))
  return file:read "a"
end
local function block(letter)
  return letter .. "\nshell " .. letter .. "\n" .. (letter:rep(1023) .. "\n"):rep(3000)
    .. "end of " .. letter
end
local head, tail = "both have written\n", "\njoined\nclosed\nbefore\n"
local output = run "2>/dev/null"
local a, b = block "a", block "b"
assert(output == head .. a .. b .. tail or output == head .. b .. a .. tail,
  ("%d bytes: %q … %q"):format(#output, output:sub(1, 500), output:sub(-500)))
local errors = run "2>&1 >/dev/null"
assert(errors == head .. "a fails\nb fails\n" or errors == head .. "b fails\na fails\n", errors)
print "ok"
