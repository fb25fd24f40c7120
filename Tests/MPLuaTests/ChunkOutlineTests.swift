// The prompt's own reading of Lua: where statements end, and what they declare.

import TestSupport
import Testing

@testable import mplua

@Suite("Chunk outline")
struct ChunkOutlineTests {
  private func outline(_ text: String) throws -> ChunkOutline {
    try #require(ChunkOutline(Array(text.utf8)), "\(text)")
  }

  /// The statements of the chunk's own block that declare something, as they were written up to their
  /// ends.
  private func ends(_ text: String) throws -> [String] {
    try outline(text).locals.map { String(decoding: Array(text.utf8)[..<$0.end], as: UTF8.self) }
  }

  @Test(
    "finds where declarations end",
    arguments: [
      ("local x", "local x"), ("local x = 1 + 2 y = 3", "local x = 1 + 2"),
      ("local x = f\n(g or h)() z = 1", "local x = f\n(g or h)()"),
      (
        "local x = f 'a' {} [[b]] .c:d 'e' [1] (2) f()", "local x = f 'a' {} [[b]] .c:d 'e' [1] (2)"
      ),
      ("local x = not - # ~ y .. 'z' z()", "local x = not - # ~ y .. 'z'"),
      (
        "local f = function(a, ...) local b = a return b end f()",
        "local f = function(a, ...) local b = a return b end"
      ),
      (
        "local function f(a) if a then return a end end f()",
        "local function f(a) if a then return a end end"
      ),
      ("local t = {1, [2] = 3; a = b, f(), ...,} t()", "local t = {1, [2] = 3; a = b, f(), ...,}"),
      (
        "local x --[[ c ]] = --[==[ ]] ]==] 0x1p-4 -- end\ny()",
        "local x --[[ c ]] = --[==[ ]] ]==] 0x1p-4"
      ),
      (
        "local a <const>, b <close> = 3e+2, '\\z  \n \\'' c()",
        "local a <const>, b <close> = 3e+2, '\\z  \n \\''"
      ),
      ("local x = 1;", "local x = 1"), ("local x = 3 .. 4 y()", "local x = 3 .. 4"),
      ("local x = a.b.c['d'].e y()", "local x = a.b.c['d'].e"),
    ])
  func declarationEnds(text: String, statement: String) throws {
    #expect(try ends(text) == [statement])
  }

  @Test(
    "leaves what inner blocks declare",
    arguments: [
      "do local x = 1 end", "while a do local x end", "repeat local x until x",
      "if a then local x elseif b then local y else local z end", "for i = 1, 2 do local x end",
      "for k, v in pairs(t) do local x end", "function a.b:c() local x end",
      "return function() local x end", "goto a ::a:: break_ = 1",
    ])
  func innerBlocks(text: String) throws {
    #expect(try outline(text).locals.isEmpty)
  }

  @Test(
    "refuses what is no chunk",
    arguments: [
      "local", "local 1", "f(", "end", "if a then", "'open", "[[open", "--[[open", "x = = 1",
      "local x <const", "return 1 f()", "f() 5", "@",
    ])
  func invalid(text: String) {
    #expect(ChunkOutline(Array(text.utf8)) == nil)
  }

  @Test("reads every Lua file of the repository")
  func files() throws {
    var count = 0
    let folders =
      ["examples"]
      + Repository.list("Tests/Specs").map { "Tests/Specs/\($0)" }
      .filter { !$0.hasSuffix(".lua") }
    for folder in folders {
      for file in Repository.list(folder) where file.hasSuffix(".lua") {
        let text = try #require(Repository.text(of: "\(folder)/\(file)"))
        if text.hasPrefix("#") { continue }
        count += 1
        #expect(ChunkOutline(Array(text.utf8)) != nil, "\(folder)/\(file)")
      }
    }
    #expect(count > 100)
  }
}
