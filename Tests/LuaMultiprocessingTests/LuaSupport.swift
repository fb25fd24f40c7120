// Interpreters for the tests.

import CLuaBridge
import Testing

@testable import LuaMultiprocessing

/// Runs `body` with a new interpreter; at the end its stack must be as high as at the beginning.
func withLua(_ body: (LuaState) throws -> Void) throws {
  let lua = try #require(LuaMemory.makeState())
  defer { LuaMemory.close(lua) }
  try lua.openLibraries()
  let top = lua.top
  try body(lua)
  #expect(lua.top == top)
}

/// Sets a global function.
func define(_ name: StaticString, _ body: cluabridge_body, in lua: LuaState) {
  lua.pushGlobals()
  lua.push(body: body)
  lua.rawSet(-2, name)
  lua.pop()
}

/// Runs a chunk and returns the text of its result, or of the error.
func result(of chunk: String, in lua: LuaState) throws -> String {
  do {
    try lua.load(Array(chunk.utf8), name: "=chunk")
    try lua.callForReport(arguments: 0, results: 1)
  } catch {
    lua.pushReport(-1)
    lua.remove(-2)
  }
  defer { lua.pop() }
  return try lua.text(of: -1)
}
