import CLua
import CLuaBridge
public func hello() -> Int32 {
  guard let L = unsafe luaL_newstate() else { return -1 }
  defer { unsafe lua_close(L) }
  unsafe lua_pushinteger(L, 4)
  return unsafe cluabridge_test(L)
}
