std = "lua54"
max_line_length = 100
read_globals = { "__name__" }

-- The Python programs have a global, and an argument that they never look at.
files["examples/square*.lua"] = { globals = { "numbers" }, ignore = { "212/x", "422/x" } }
