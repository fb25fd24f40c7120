// Lua 5.4's C API, as Swift imports it.
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>
