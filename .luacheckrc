std = "lua54"
max_line_length = 100
read_globals = { "__name__" }

-- Python's programs, which the examples mirror, use globals.
files["examples/square.lua"].globals = { "numbers" }
