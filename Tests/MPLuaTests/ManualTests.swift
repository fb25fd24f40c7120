// The man page of mplua, which is written by hand, knows the options that the program knows.

import TestSupport
import Testing

@Suite("Manual")
struct ManualTests {
  @Test("explains the options of --help, and no others")
  func explainsOptions() throws {
    let help = try run(.mplua, ["--help"]).output
    let page = try #require(Repository.text(of: "scripts/lib/install/mplua.1"))
    let offered = options(help.split(separator: "\n").map(String.init))
    #expect(offered.contains("-e") && offered.contains("--version"), "\(help)")
    #expect(options(headings(of: page)) == offered)
  }

  /// What stands above explanations in a page: the lines behind `.TP`, without their macro.
  private func headings(of page: String) -> [String] {
    let lines = page.split(separator: "\n")
    return zip(lines, lines.dropFirst()).filter { $0.0 == ".TP" }.map { _, heading in
      let words = heading.split(separator: " ").dropFirst().joined(separator: " ")
      return words.split(separator: "\\").joined()
    }
  }

  /// The options that lines begin with, without their values.
  private func options(_ lines: [String]) -> Set<String> {
    Set(
      lines.compactMap { line in
        let word = line.split(separator: " ").first ?? ""
        return word.first == "-" ? String(word.prefix { $0 != "=" }) : nil
      })
  }
}
