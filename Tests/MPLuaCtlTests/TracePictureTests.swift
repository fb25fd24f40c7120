import Foundation
import FoundationXML
import TestSupport
import Testing

@Suite("mpluactl trace picture")
struct TracePictureTests {
  /// What an XML reader finds in a picture.
  private final class Picture: NSObject, XMLParserDelegate {
    private(set) var rectangles: [[String: String]] = []
    private(set) var titles: [String] = []
    private(set) var texts: [String] = []
    private var size: [Double] = []
    private var characters = ""

    init(_ text: String) throws {
      super.init()
      let parser = XMLParser(data: Data(text.utf8))
      parser.delegate = self
      try #require(parser.parse(), "\(parser.parserError.debugDescription)")
    }

    func parser(
      _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      characters = ""
      if element == "rect" { rectangles.append(attributes) }
      if element == "svg" {
        size = attributes["viewBox"]?.split(separator: " ").compactMap { Double($0) } ?? []
      }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { characters += string }

    func parser(
      _ parser: XMLParser, didEndElement element: String, namespaceURI: String?,
      qualifiedName: String?
    ) {
      if element == "title" { titles.append(characters) }
      if element == "text" { texts.append(characters) }
    }

    /// Whether everything lies within the picture.
    var fits: Bool {
      guard size.count == 4 else { return false }
      return rectangles.allSatisfy { rectangle in
        let numbers = ["x", "y", "width", "height"].map { Double(rectangle[$0] ?? "0") ?? .nan }
        return numbers[0] >= 0 && numbers[0] + numbers[2] <= size[2]
          && numbers[1] >= 0 && numbers[1] + numbers[3] <= size[3]
      }
    }

    func colour(of title: String) -> String? {
      // The first rectangle is the ground, and those of the legend have no title.
      let position = titles.firstIndex { $0.hasPrefix(title) }
      return position.flatMap { rectangles[$0 + 1]["fill"] }
    }
  }

  private func picture(of code: String) throws -> Picture {
    let file = NSTemporaryDirectory() + "picture-\(UUID()).json"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let program = try run(
      .mplua, ["--trace=\(file)", "-e", "local mp = require('multiprocessing')\n\(code)"])
    #expect(program.ending == .exited(0) && program.errors.isEmpty, "\(program)")
    let outcome = try run(.mpluactl, ["trace", "picture", file])
    #expect(outcome.ending == .exited(0) && outcome.errors.isEmpty, "\(outcome)")
    return try Picture(outcome.output)
  }

  @Test("has a row for each process, and colours for what is waited for longest")
  func rows() throws {
    let picture = try picture(
      of: """
        local first, second = mp.Queue(), mp.Queue()
        local p = mp.Process{name = "<a> & \\"b\\"", target = function()
          first:get() second:get()
        end}
        p:start()
        mp.sleep(0.05) first:put(1)
        mp.sleep(0.05) second:put(2)
        p:join()
        """)
    #expect(picture.fits)
    for text in ["MainProcess", "<a> & \"b\"", "0 ms", "busy"] {
      #expect(picture.texts.contains(text), "\(picture.texts)")
    }
    // Both were made in one line, and the legend tells them apart.
    let gets = picture.texts.filter { $0.hasPrefix("get Queue (command line):2 #") }
    #expect(Set(gets).count == 2, "\(picture.texts)")
    #expect(picture.titles.count { $0.hasPrefix("get Queue (command line):2: ") } == 2)
    #expect(picture.titles.contains { $0.hasPrefix("<a> & \"b\", pid ") })
    #expect(picture.colour(of: "get Queue") != picture.colour(of: "MainProcess"))
  }

  @Test("draws many short waits of one kind as one")
  func merging() throws {
    let picture = try picture(
      of: """
        local to, back = mp.Queue(), mp.Queue()
        local p = mp.Process{target = function() for n in to:iter() do back:put(n) end end}
        p:start()
        for i = 1, 20000 do to:put(i) back:get() end
        to:shutdown()
        p:join()
        """)
    #expect(picture.fits)
    #expect(picture.rectangles.count < 5000)
    #expect(picture.titles.contains { $0.contains(" times, ") }, "\(picture.titles.prefix(20))")
  }

  @Test("shows tasks, and refuses what is no trace")
  func tasks() throws {
    let picture = try picture(
      of: """
        local pool <close> = mp.Pool(1)
        pool:map(function(n) mp.sleep(0.02) return n end, {1, 2}, 1)
        """)
    #expect(picture.texts.contains("busy with a task"), "\(picture.texts)")
    let none = try run(.mpluactl, ["trace", "picture", "/nonexistent/x"])
    #expect(none.errors == "Error: cannot read /nonexistent/x: No such file or directory\n")
    #expect(none.ending == .exited(1) && none.output.isEmpty)
  }
}
