std = "lua54"
max_line_length = 100
read_globals = { "__name__" }

-- The Python programs have a global, and an argument that they never look at.
files["examples/square*.lua"] = { globals = { "numbers" }, ignore = { "212/x", "422/x" } }

-- What the Swift host registers.
files["examples/embedding"] = { read_globals = { "factors" } }

-- Specs hold values only for their scope's end, and drop others so that they are collected.
files["Tests/Specs"] = {
  max_line_length = 120,
  globals = { "global_parent", "global_pipes", "global_read", "numbers", "twice", "sum_of" },
  ignore = { "211", "212/self", "213", "311", "331", "512" },
}

-- Definitions for editors: functions without bodies.
files["Sources/CHelp/library"] = { max_line_length = 120, ignore = { "2" } }
