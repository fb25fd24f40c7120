#pragma once
#include <lua.h>
int cluabridge_test(lua_State *_Nonnull L);
