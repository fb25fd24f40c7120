-- A module that only this directory's specs find.
local M = {loads = 0}
M.loads = M.loads + 1
function M.double(n) return 2 * n end
return M
