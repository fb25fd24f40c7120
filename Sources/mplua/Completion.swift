// What may stand at the cursor. Nothing of the script runs for it: tables are read raw, and `__index` is followed
// only where it is a table.

import LuaMultiprocessing

/// Completes names, fields, methods, modules and files.
struct Completion {
  let lua: Lua

  private static let keywords = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
  ].map { Array($0.utf8) }

  /// What may follow a text, which ends at the cursor.
  func complete(_ text: [UInt8]) -> EntryCompletions {
    let top = lua.top
    defer { lua.setTop(top) }
    guard lua.hasStack(40) else { return EntryCompletions(replaced: 0, candidates: []) }
    if let start = openString(in: text) {
      let typed = Array(text[start...])
      let before = text[..<(start - 1)].reversed().drop { " (".utf8.contains($0) }
      let isRequire = before.starts(with: "require".utf8.reversed())
      return isRequire ? modules(typed) : files(typed)
    }
    let chain = Array(
      text.reversed().prefix { isNamePart($0) || ".:".utf8.contains($0) }.reversed())
    let separators = Array(".:".utf8)
    guard let last = chain.lastIndex(where: separators.contains) else { return names(chain) }
    // `a..b` joins two values: the second is a name of its own.
    if last > 0, separators.contains(chain[last - 1]) {
      return names(Array(chain[(last + 1)...]))
    }
    let path = chain[..<last].split(
      omittingEmptySubsequences: false, whereSeparator: separators.contains)
    lua.pushGlobals()
    for name in path {
      guard pushField(Array(name)) else { return EntryCompletions(replaced: 0, candidates: []) }
    }
    let prefix = Array(chain[(last + 1)...])
    return EntryCompletions(
      replaced: prefix.count,
      candidates: fields(prefix, methodsOnly: chain[last] == UInt8(ascii: ":")))
  }

  private func names(_ prefix: [UInt8]) -> EntryCompletions {
    // Without a letter there would be hundreds.
    guard !prefix.isEmpty else { return EntryCompletions(replaced: 0, candidates: []) }
    lua.pushGlobals()
    let keywords = Self.keywords.filter { $0.starts(with: prefix) }
    return EntryCompletions(
      replaced: prefix.count, candidates: sorted(fields(prefix, methodsOnly: false) + keywords))
  }

  /// Where the text of a string that is not closed begins; nil outside of strings.
  private func openString(in text: [UInt8]) -> Int? {
    var quote: UInt8?
    var start = 0
    var isEscaped = false
    for (index, byte) in text.enumerated() {
      if isEscaped {
        isEscaped = false
      } else if let open = quote {
        isEscaped = byte == UInt8(ascii: "\\")
        if byte == open || byte == UInt8(ascii: "\n") { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
        start = index + 1
      }
    }
    return quote == nil ? nil : start
  }
}

// MARK: - Raw access

extension Completion {
  /// Stack: [value] -> [value, field] when the result is true.
  private func pushField(_ name: [UInt8]) -> Bool {
    lua.copy(-1)
    for _ in 0..<20 {
      if lua.isTable(-1) {
        lua.push(bytes: name)
        if lua.rawGet(-2) != .nil { return true }
        lua.pop()
      }
      guard replaceByIndex() else { return false }
    }
    return false
  }

  /// The names with a prefix in the value on top of the stack and in the tables behind it.
  private func fields(_ prefix: [UInt8], methodsOnly: Bool) -> [[UInt8]] {
    var found: [[UInt8]] = []
    for _ in 0..<20 {
      if lua.isTable(-1) {
        let table = lua.top
        lua.pushNil()
        while lua.next(table) {
          if lua.isString(-2), !methodsOnly || lua.isFunction(-1), let name = lua.bytes(-2),
            name.starts(with: prefix), isName(name)
          {
            found.append(name)
          }
          lua.pop()
        }
      }
      guard replaceByIndex() else { break }
    }
    return sorted(found)
  }

  /// Replaces the value on top of the stack by the table that is asked for fields it lacks; false when
  /// there is none.
  private func replaceByIndex() -> Bool {
    guard lua.pushMetatable(-1) else { return false }
    let metatable = lua.top
    lua.rawGet(metatable, "__index")
    if lua.isNativeFunction(-1) {
      // Classes of ours that have attributes keep their methods as a variable of the function.
      let function = lua.top
      var number: Int32 = 1
      while !lua.isTable(-1), lua.pushUpvalue(of: function, number) { number += 1 }
    }
    guard lua.isTable(-1) else { return false }
    lua.replace(metatable - 1)
    lua.setTop(metatable - 1)
    return true
  }
}

// MARK: - In strings

extension Completion {
  private func files(_ typed: [UInt8]) -> EntryCompletions {
    let slash = UInt8(ascii: "/")
    let nameStart = typed.lastIndex(of: slash).map { $0 + 1 } ?? 0
    let directory = nameStart == 0 ? Array(".".utf8) : Array(typed[..<nameStart])
    let prefix = typed[nameStart...]
    let names = DirectoryList.names(in: directory).filter { name in
      name.starts(with: prefix) && (name.first != UInt8(ascii: ".") || !prefix.isEmpty)
    }
    return EntryCompletions(replaced: prefix.count, candidates: names)
  }

  private func modules(_ typed: [UInt8]) -> EntryCompletions {
    var found: [[UInt8]] = []
    lua.pushGlobals()
    guard pushField(Array("package".utf8)) else {
      return EntryCompletions(replaced: 0, candidates: [])
    }
    let package = lua.top
    for table in ["loaded", "preload"] where pushField(Array(table.utf8)) {
      let modules = lua.top
      lua.pushNil()
      while lua.isTable(modules), lua.next(modules) {
        if lua.isString(-2), let name = lua.bytes(-2), name.starts(with: typed) {
          found.append(name)
        }
        lua.pop()
      }
      lua.setTop(package)
    }
    for field in ["path", "cpath"] where pushField(Array(field.utf8)) {
      for template in (lua.bytes(-1) ?? []).split(separator: UInt8(ascii: ";")) {
        found += modules(typed, in: Array(template))
      }
      lua.setTop(package)
    }
    return EntryCompletions(replaced: typed.count, candidates: sorted(found))
  }

  /// The modules with a prefix that a template of `package.path` finds.
  private func modules(_ typed: [UInt8], in template: [UInt8]) -> [[UInt8]] {
    guard let mark = template.firstIndex(of: UInt8(ascii: "?")) else { return [] }
    let ending = template[(mark + 1)...]
    let nameStart = typed.lastIndex(of: UInt8(ascii: ".")).map { $0 + 1 } ?? 0
    let parents = typed[..<nameStart].map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "/") : $0 }
    return DirectoryList.names(in: template[..<mark] + parents).compactMap { name in
      guard name.starts(with: typed[nameStart...]), name.count > ending.count,
        name.reversed().starts(with: ending.reversed())
      else { return nil }
      let module = name.dropLast(ending.count)
      return isName(Array(module)) ? Array(typed[..<nameStart] + module) : nil
    }
  }
}

private func isNamePart(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}

private func isName(_ name: [UInt8]) -> Bool {
  guard let first = name.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
    return false
  }
  return name.allSatisfy(isNamePart)
}

/// In order, each once.
private func sorted(_ names: [[UInt8]]) -> [[UInt8]] {
  let sorted = names.sorted { $0.lexicographicallyPrecedes($1) }
  return sorted.enumerated().filter { $0.offset == 0 || sorted[$0.offset - 1] != $0.element }
    .map(\.element)
}
