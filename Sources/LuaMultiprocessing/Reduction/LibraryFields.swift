// What a script has put into Lua's own libraries: `string.trim`. No Python counterpart.

internal import CLua
internal import CLuaBridge

/// The fields of Lua's libraries that a script has added.
///
/// They travel as globals do, with a name such as `string.trim`, with functions that read them by it, or
/// through a variable that holds the library, and those of `string` also with functions that call a
/// method of that name. What a library has by itself never travels, whatever a script has put in its
/// place.
enum LibraryFields {
  /// The libraries; their tables are in the table of names, from `firstKey` downwards.
  static let libraries: [StaticString] = [
    "string", "table", "math", "io", "os", "coroutine", "debug", "utf8", "package",
  ]

  /// Whose fields the methods of strings are.
  static let string = 0

  /// Where in the table of names the libraries are.
  static let firstKey = -10

  /// Where in the registry the added fields are while a message is made that may need them.
  static let registryKey = -1

  /// What the libraries have that is no function.
  static let plain: KeyValuePairs<StaticString, [StaticString]> = [
    "math": ["pi", "huge", "maxinteger", "mininteger"], "utf8": ["charpattern"],
    "io": ["stdin", "stdout", "stderr"],
    "package": ["config", "path", "cpath", "loaded", "preload", "searchers"],
  ]

  /// The number of the library of a name.
  static func number(of name: some Sequence<UInt8>) -> Int? {
    libraries.firstIndex { $0.withUTF8Buffer { unsafe $0.elementsEqual(name) } }
  }

  /// Takes the name of a field apart; nil for one that is no such name.
  static func parts<Name: BidirectionalCollection<UInt8>>(
    of name: Name
  ) -> (library: Int, field: Name.SubSequence)? {
    guard let dot = name.firstIndex(of: UInt8(ascii: ".")), let library = number(of: name[..<dot])
    else { return nil }
    return (library, name[name.index(after: dot)...])
  }
}

/// Some of Lua's libraries.
struct LibrarySet: OptionSet, BitwiseCopyable {
  let rawValue: UInt16

  init(rawValue: UInt16) { self.rawValue = rawValue }

  /// One library.
  init(_ number: Int) { rawValue = 1 << number }
}

/// What Lua's libraries have by themselves.
struct OwnLibraryFields: ~Copyable {
  /// The names of each library.
  private var names: [[[UInt8]]] = []
  /// The same by the addresses of the strings, which the registry keeps: no others can come to be there.
  private var marks = SharedTables()

  /// Whether they are known.
  var isKnown: Bool { !names.isEmpty }

  /// Whether a library has a name by itself.
  func contains(_ name: UnsafeRawBufferPointer, library: Int) -> Bool {
    names[library].contains { own in
      unsafe own.count == name.count && own.elementsEqual(name)
    }
  }

  /// The same of the string at an address.
  @inline(__always)
  func contains(_ address: UInt, library: Int) -> Bool { marks.isNamed(mark(address, library)) }

  /// Inside the string, at a place for each library.
  @inline(__always)
  private func mark(_ address: UInt, _ library: Int) -> UInt { address &+ 1 &+ UInt(library) }

  /// Learns them from what the registry has kept of the libraries since they were opened.
  ///
  /// To be called before a message.
  mutating func learn(_ state: LuaState) throws(LuaError) {
    let base = state.top
    defer { state.setTop(base) }
    guard !isKnown, state.rawGet(LuaState.registry, "multiprocessing.stock") == .table else {
      return
    }
    let stock = base + 1
    state.newTable(fields: 160)
    let kept = base + 2
    var addresses: [UInt] = []
    names = LibraryFields.libraries.map { _ in [] }
    for (number, library) in LibraryFields.libraries.enumerated() {
      state.newTable(fields: 32)
      let list = state.top
      if state.rawGet(stock, library) == .table {
        state.pushNil()
        while state.next(list + 1) {
          state.pop()
          state.copy(-1)
          state.push(true)
          state.rawSet(list)
        }
      }
      state.setTop(list)
      for (name, fields) in LibraryFields.plain where "\(name)" == "\(library)" {
        for field in fields {
          state.push(true)
          state.rawSet(list, field)
        }
      }
      state.pushNil()
      while state.next(list) {
        state.pop()
        names[number].append(state.bytes(-1) ?? [])
        addresses.append(mark(state.address(-1), number))
      }
      state.rawSet(kept, number)
    }
    state.rawSet(LuaState.registry, "multiprocessing.library_names")
    try marks.setNamed(addresses, 1)
  }
}

extension LuaState {
  /// Puts the libraries into the table of names on top of the stack.
  ///
  /// Stack: [names] -> [names].
  func addLibraries() {
    let names = top
    pushLoadedModules()
    for (number, library) in LibraryFields.libraries.enumerated() {
      if rawGet(names + 1, library) == .table {
        rawSet(names, LibraryFields.firstKey - number)
      } else {
        pop()
      }
    }
    setTop(names)
  }
}

extension Encoder {
  /// The libraries among those wanted to which a script has added fields; each is looked at once in a
  /// message.
  ///
  /// Nothing is allocated while there are none.
  mutating func librariesWithFields(
    _ stack: OpaquePointer, among wanted: LibrarySet
  ) -> LibrarySet {
    let asked = wanted.subtracting(askedLibraries)
    guard !asked.isEmpty else { return wanted.intersection(extendedLibraries) }
    askedLibraries.formUnion(asked)
    let state = unsafe LuaState(pointer: stack)
    let base = state.top
    defer { state.setTop(base) }
    state.pushNames()
    guard state.isTable(-1) else { return [] }
    let known = extendedLibraries
    for number in LibraryFields.libraries.indices where asked.contains(LibrarySet(number)) {
      state.setTop(base + 1)
      guard state.rawGet(base + 1, LibraryFields.firstKey - number) == .table else { continue }
      unsafe lua_pushnil(stack)
      while unsafe lua_next(stack, base + 2) != 0 {
        unsafe lua_settop(stack, base + 3)
        guard let name = unsafe lua_topointer(stack, base + 3),
          unsafe lua_type(stack, base + 3) == LUA_TSTRING,
          !ownLibraryFields.contains(UInt(bitPattern: name), library: number)
        else { continue }
        extendedLibraries.insert(LibrarySet(number))
        break
      }
    }
    if extendedLibraries != known {
      // The collector would run finalizers, in the middle of the message.
      state.withoutCollecting { gatherLibraryFields(state, names: base + 1, anew: known.isEmpty) }
    }
    return wanted.intersection(extendedLibraries)
  }

  /// Makes the table of added fields, by their whole names.
  private func gatherLibraryFields(_ state: LuaState, names: Int32, anew: Bool) {
    state.setTop(names)
    if anew {
      state.newTable()
    } else {
      state.rawGet(LuaState.registry, LibraryFields.registryKey)
    }
    let fields = state.top
    for (number, library) in LibraryFields.libraries.enumerated()
    where extendedLibraries.contains(LibrarySet(number)) {
      state.setTop(fields)
      guard state.rawGet(names, LibraryFields.firstKey - number) == .table else { continue }
      state.pushNil()
      while state.next(fields + 1) {
        let name = fields + 2
        if state.isString(name), !ownLibraryFields.contains(state.address(name), library: number) {
          state.push("\(library).")
          state.copy(name)
          state.concatenate(2)
          state.insert(-2)
          state.rawSet(fields)
        }
        state.setTop(name)
      }
    }
    state.setTop(fields)
    state.rawSet(LuaState.registry, LibraryFields.registryKey)
  }
}
