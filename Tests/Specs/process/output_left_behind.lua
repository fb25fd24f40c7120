-- What a child leaves behind does not keep `join` waiting; what it writes later still gets the name.
local mp = require "multiprocessing"

if arg[1] then
  for _, mode in ipairs{"prefix", "group"} do
    local p = mp.Process{name = mode, output = mode, target = function()
      print "starts it"
      os.execute(("(read line <%s%s; echo $line) &"):format(arg[1], mode))
      io.write "ends"
    end}
    p:start()
    p:join()
    print "\njoined"
    assert(p.exitcode == 0 and #mp.active_children() == 0)
    os.execute(("echo late >%s%s"):format(arg[1], mode))
  end
  return
end

local name = os.tmpname()
for _, mode in ipairs{"prefix", "group"} do assert(os.execute("mkfifo " .. name .. mode)) end
-- At its end when the last relay is.
local file <close> = assert(io.popen(("'%s' %s %s 2>&1"):format(arg[-1], arg[0], name)))
local output = file:read "a"
for _, mode in ipairs{"prefix", "group", ""} do os.remove(name .. mode) end
-- When exactly the last word comes nobody can say.
local rest, count = output:gsub("prefix: late\n", "", 1)
assert(count == 1, output)
rest, count = rest:gsub("late\n", "", 1)
assert(count == 1, output)
assert(rest == "prefix: starts it\nprefix: ends\n\njoined\nstarts it\nends\njoined\n", output)
print "ok"
