#include "CLuaBridge.h"
int cluabridge_test(lua_State *L) { return lua_gettop(L); }
