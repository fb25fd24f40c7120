// What the prompt says of functions and of our own objects: name, place and state.

internal import CLuaBridge
internal import Multiprocessing

extension LuaState {
  /// `<function f at jobs.lua:12>`, with the name under which a loaded module or a global has it.
  func description(ofFunction index: Int32) -> String {
    let name = libraryName(ofFunction: index)
    let words = ["function", name, place(ofFunction: index).map { "at \($0)" }].compactMap(\.self)
    return words.count > 1 ? "<\(words.joined(separator: " "))>" : "<function of a library>"
  }

  /// `string.format` for what `package.loaded` holds; nil for any other value.
  package func libraryName(ofFunction index: Int32) -> String? {
    let index = absolute(index)
    let top = self.top
    defer { setTop(top) }
    guard hasStack(10) else { return nil }
    var found: String?
    pushLoadedModules()
    pushNil()
    while next(top + 1) {
      defer { pop() }
      guard isString(-2), isTable(-1) else { continue }
      let module = string(-2)
      // A module of a dotted name is a part of another one.
      let table = self.top
      pushNil()
      while next(table) {
        // Names such as `_` and `_1` tell nothing.
        if isString(-2), rawEqual(-1, index), !string(-2).hasPrefix("_") {
          let name = module == "_G" ? string(-2) : "\(module).\(string(-2))"
          if found.map({ name.utf8.lexicographicallyPrecedes($0.utf8) }) ?? true { found = name }
        }
        pop()
      }
    }
    return found
  }

  /// `<Queue made at jobs.lua:3, 3 items>` for a shared object; nil for any other value.
  func description(ofObject index: Int32) -> String? {
    guard let handle = sharedHandle(index) else { return nil }
    var facts: [String] = []
    let place = handle.object.place
    if !place.isEmpty { facts.append("made at \(place)") }
    guard let queue = handle as? QueueHandle else {
      guard !place.isEmpty, let text = try? text(of: index), text.hasSuffix(">") else { return nil }
      return "\(text.dropLast()) \(facts[0])>"
    }
    if queue.isClosed {
      facts.append("closed")
    } else {
      let count = queue.queue.count
      facts.append("\(count) \(count == 1 ? "item" : "items")")
      if queue.queue.maxsize > 0 { facts.append("at most \(queue.queue.maxsize)") }
      if queue.queue.isShutDown { facts.append("shut down") }
    }
    return "<\(queue.kind.className) \(facts.joined(separator: ", "))>"
  }
}
