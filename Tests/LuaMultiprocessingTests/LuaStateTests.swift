// The Lua layer: errors and memory never jump over a Swift frame.

import CLuaBridge
import Synchronization
import Testing

@testable import LuaMultiprocessing

@Suite("Lua layer", .serialized)
struct LuaStateTests {
  @Test("errors raised through a thousand Swift frames leak no object")
  func errorsReleaseObjects() throws {
    try withLua { lua in
      define("descend", { $0.run(descend) }, in: lua)
      // Lua allows about 200 nested C calls, so the thousand come in portions.
      let depths = try result(
        of: """
          local depths = 0
          for round = 1, 25 do
            local ok, err = pcall(descend, 40)
            assert(not ok and err == "at the bottom", err)
            depths = depths + 40
          end
          return depths
          """, in: lua)
      #expect(depths == "1000")
      #expect(Witness.made.load(ordering: .relaxed) >= 1000)
      #expect(Witness.living == 0)
    }
  }

  @Test("running out of C stack in Swift bodies is an error that leaks nothing")
  func stackOverflowReleasesObjects() throws {
    try withLua { lua in
      define("descend", { $0.run(descend) }, in: lua)
      let text = try result(of: "return tostring(select(2, pcall(descend, 100000)))", in: lua)
      #expect(text.contains("stack overflow"), "\(text)")
      #expect(Witness.living == 0)
    }
  }

  @Test("a memory error in Lua code is caught by pcall")
  func memoryErrorIsCaught() throws {
    try withLua { lua in
      let memory = LuaMemory(of: lua)
      memory.limit = memory.used + 1_000_000
      let text = try result(
        of: """
          local ok, err = pcall(function() return string.rep("x", 2000000) end)
          local grown, why = pcall(function() local t = {} for i = 1, 1e7 do t[i] = {} end end)
          return tostring(ok) .. err .. tostring(grown) .. why
          """, in: lua)
      #expect(text == "falsenot enough memoryfalsenot enough memory")
      #expect(memory.used <= memory.limit)
    }
  }

  @Test("a Swift body gets its memory; the next Lua allocation fails")
  func bodiesAreNotRefused() throws {
    try withLua { lua in
      define("big", { $0.run(pushBig) }, in: lua)
      define("reserve", { $0.run(reserveBig) }, in: lua)
      let memory = LuaMemory(of: lua)
      memory.limit = memory.used + 500_000
      let text = try result(
        of: """
          local kept
          local function allocate() return {kept} end
          kept = big()
          local ok, err = pcall(allocate)
          local size = #kept
          kept = nil
          collectgarbage()
          local reserved, why = pcall(reserve)
          return size .. tostring(ok) .. err .. tostring(reserved) .. why
          """, in: lua)
      #expect(text == "1000000falsenot enough memoryfalsenot enough memory")
    }
  }

  @Test("strings keep zero bytes")
  func zeroBytes() throws {
    try withLua { lua in
      lua.push(bytes: [0, 97, 0, 255, 0])
      #expect(lua.rawLength(-1) == 5)
      #expect(lua.bytes(-1) == [0, 97, 0, 255, 0])
      lua.push("a\0b")
      #expect(lua.string(-1) == "a\0b")
      lua.pop(2)
    }
  }

  @Test("calls leave the stack as high as they say")
  func stackHeight() throws {
    try withLua { lua in
      try lua.balanced(1) { () throws(LuaError) in
        try lua.load(Array("return 1, 2, 3".utf8), name: "=test")
      }
      try lua.balanced(2) { () throws(LuaError) in try lua.call(arguments: 0, results: allResults) }
      try lua.balanced(-3) { () throws(LuaError) in lua.pop(3) }
      try lua.load(Array("error 'x'".utf8), name: "=test")
      let top = lua.top
      #expect(throws: (any Error).self) { try lua.callForReport(arguments: 0, results: 3) }
      #expect(lua.top == top)
      lua.pop()
    }
  }

  @Test("globals are read and written as Lua code does")
  func globals() throws {
    try withLua { lua in
      _ = try result(
        of: "setmetatable(_G, {__index = function(_, k) error('no ' .. k, 0) end}) return 1",
        in: lua)
      #expect(throws: (any Error).self) { try lua.getGlobal("missing") }
      #expect(lua.string(-1) == "no missing")
      lua.pop()
    }
  }
}

/// Counts the objects of the tests.
final class Witness {
  /// Those that live.
  static let count = Atomic(0)
  /// All that were made.
  static let made = Atomic(0)

  init() {
    Self.count.add(1, ordering: .relaxed)
    Self.made.add(1, ordering: .relaxed)
  }

  deinit { Self.count.subtract(1, ordering: .relaxed) }

  static var living: Int { count.load(ordering: .relaxed) }
}

/// Lua: `descend(n)` calls itself through Lua until n is 0, and raises there.
private func descend(_ lua: LuaState) throws(LuaError) -> Int32 {
  let witness = Witness()
  defer { withExtendedLifetime(witness) {} }
  let depth = lua.integer(1) ?? 0
  if depth == 0 {
    lua.push("at the bottom")
    throw .onTop
  }
  try lua.getGlobal("descend")
  lua.push(depth - 1)
  try lua.call(arguments: 1, results: 0)
  return 0
}

/// Lua: `big()` gives a string of a million bytes.
private func pushBig(_ lua: LuaState) throws(LuaError) -> Int32 {
  lua.push(bytes: [UInt8](repeating: 120, count: 1_000_000))
  return 1
}

private func reserveBig(_ lua: LuaState) throws(LuaError) -> Int32 {
  try lua.reserveMemory(1_000_000)
  return try pushBig(lua)
}
