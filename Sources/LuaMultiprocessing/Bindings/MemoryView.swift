// The bytes of shared memory as scripts see them. Python: `memoryview`.

internal import CLuaBridge
internal import Multiprocessing

/// A view of bytes that live outside of Lua.
///
/// Its first user value is the object whose memory it is, so that the memory lives as long as the
/// view. Who unmaps the memory calls `releaseView` first.
struct MemoryView: LuaObject {
  static let typeName: StaticString = "memoryview"
  static let example: StaticString = "buf"
  static let magic: UInt64 = 0x2E94_B06D_71CF_A853

  var bytes: MappedBytes
}

extension LuaState {
  /// Makes the class.
  func addMemoryViews() {
    newMetatable(className: "memoryview")
    setFunctions([
      "__newindex": { $0.run(viewSetItem) },
      "__len": { $0.run(viewLength) },
      "__pairs": { $0.run(pairsByPosition) },
      "__tostring": { $0.run(viewToString) },
    ])
    newTable(fields: 4)
    setFunctions([
      "get": { $0.run(viewGet) },
      "set": { $0.run(viewSet) },
      "fill": { $0.run(viewFill) },
    ])
    push(body: { $0.run(viewItem) }, upvalues: 1)
    rawSet(-2, "__index")
    pop()
  }

  /// Makes a view of the memory of the object on top of the stack.
  ///
  /// Stack: [owner] -> [owner, view].
  func pushView(_ bytes: MappedBytes) {
    push(object: MemoryView(bytes: bytes), userValues: 1)
    copy(-2)
    setUserValue(-2)
  }

  /// The bytes of the view at `index`; nil when the value is no view.
  ///
  /// Good until Lua code runs: that may close the memory.
  ///
  /// - Throws: `ValueError` when the memory is closed.
  func optionalView(_ index: Int32) throws(LuaError) -> MappedBytes? {
    guard let view = optionalObject(index, as: MemoryView.self) else { return nil }
    if view.bytes.isReleased { throw releasedError }
    return view.bytes
  }

  /// Makes the view at `index` refuse every access from now on.
  func releaseView(_ index: Int32) { update(index, MemoryView(bytes: .released)) }

  /// The bytes of the view that a method is called on.
  ///
  /// Asked again after each call that may allocate, and so run a finalizer that closes the memory.
  @inline(__always)
  fileprivate func view() throws(LuaError) -> MappedBytes {
    if let bytes = try optionalView(1) { return bytes }
    // Says how to call it.
    return try object(1, as: MemoryView.self).bytes
  }

  private var releasedError: LuaError {
    .value("operation forbidden on a released memoryview: the shared memory is closed")
  }

  /// The place, from 0, of the position at `index`, which counts from 1, or from the end if it is
  /// negative; nil when nothing is there.
  @inline(__always)
  func place(ofPosition position: Int, count: Int) -> Int? {
    let place = position > 0 ? position - 1 : position < 0 ? count + position : -1
    return place >= 0 && place < count ? place : nil
  }

  /// The places from position `first` to `last`, both included, as `string.sub` takes them.
  fileprivate func places(
    _ first: Int32, _ last: Int32, count: Int
  ) throws(LuaError) -> Swift.Range<Int> {
    var start = try integer(first, "i", default: 1)
    var end = try integer(last, "j", default: -1)
    if start < 0 {
      start = max(start < -count ? 1 : count + start + 1, 1)
    } else if start == 0 {
      start = 1
    }
    if end < 0 { end = end < -count ? 0 : count + end + 1 }
    end = min(end, count)
    return start <= end ? (start - 1)..<end : 0..<0
  }

  /// The byte at `index`.
  fileprivate func byte(_ index: Int32, _ hint: String) throws(LuaError) -> UInt8 {
    guard let value = integer(index) else {
      throw .type("a byte must be an integer from 0 to 255, got \(typeName(index))\(hint)")
    }
    guard let byte = UInt8(exactly: value) else {
      throw .value("a byte must be an integer from 0 to 255, got \(value)")
    }
    return byte
  }
}

/// Lua: `buf[i]`, `buf:method`; nil outside, so that `ipairs` ends.
private func viewItem(_ state: LuaState) throws(LuaError) -> Int32 {
  if let position = state.integer(2) {
    let bytes = try state.view()
    if let place = state.place(ofPosition: position, count: bytes.count) {
      state.push(Int(bytes[place]))
    } else {
      state.pushNil()
    }
    return 1
  }
  _ = try state.object(1, as: MemoryView.self)
  state.copy(2)
  state.rawGet(state.upvalue(1))
  return 1
}

/// Lua: `buf[i] = byte`.
private func viewSetItem(_ state: LuaState) throws(LuaError) -> Int32 {
  guard let position = state.integer(2) else {
    if state.type(2) != .number { return try refuseNewField(state) }
    throw .type("buf[i]: the position must be an integer, got \(try state.text(of: 2))")
  }
  let bytes = try state.view()
  guard let place = state.place(ofPosition: position, count: bytes.count) else {
    throw positionError(position, bytes)
  }
  bytes[place] = try state.byte(
    3, state.isString(3) ? "; buf:set(\(position), s) writes a string" : "")
  return 0
}

private func positionError(_ position: Int, _ bytes: MappedBytes) -> LuaError {
  .object(
    .indexError, "index out of bounds: position \(position) of \(bytes.count) bytes")
}

private let getSignature = Signature(
  name: "get", example: "buf:get(1, 10)", parameters: [Parameter("i"), Parameter("j")])

/// Lua: `buf:get([i [, j]])`: the bytes from `i` to `j` as a string, as `string.sub` gives them.
private func viewGet(_ state: LuaState) throws(LuaError) -> Int32 {
  let count = try state.view().count
  try state.bind(getSignature, from: 2)
  let places = try state.places(2, 3, count: count)
  try state.reserveMemory(places.count)
  state.push(try state.view(), places)
  return 1
}

private let setSignature = Signature(
  name: "set", example: "buf:set(1, \"text\")",
  parameters: [Parameter("i", .value), Parameter("s", .value)])

/// Lua: `buf:set(i, s)`: writes the string from position `i` on, whole or not at all.
private func viewSet(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.view()
  try state.bind(setSignature, from: 2)
  let bytes = try state.view()
  guard let position = state.integer(2) else {
    throw .type("i must be an integer, got \(state.typeName(2)); write buf:set(1, s)")
  }
  guard state.isString(3) else {
    throw .type("s must be a string, got \(state.typeName(3)); buf[i] = n writes one byte")
  }
  let length = state.rawLength(3)
  // Nothing may be written just behind the end.
  let isEnd = length == 0 && position == bytes.count + 1
  guard
    let place = isEnd ? bytes.count : state.place(ofPosition: position, count: bytes.count)
  else {
    throw positionError(position, bytes)
  }
  guard length <= bytes.count - place else {
    throw .object(
      .indexError,
      "index out of bounds: \(length) bytes from position \(place + 1) on, of \(bytes.count) bytes")
  }
  state.copyString(3, to: bytes, at: place)
  return 0
}

private let fillSignature = Signature(
  name: "fill", example: "buf:fill(0)",
  parameters: [Parameter("byte", .value), Parameter("i"), Parameter("j")])

/// Lua: `buf:fill(byte [, i [, j]])`.
private func viewFill(_ state: LuaState) throws(LuaError) -> Int32 {
  _ = try state.view()
  try state.bind(fillSignature, from: 2)
  let bytes = try state.view()
  let byte = try state.byte(2, "")
  bytes.fill(try state.places(3, 4, count: bytes.count), with: byte)
  return 0
}

private func viewLength(_ state: LuaState) throws(LuaError) -> Int32 {
  state.push(try state.view().count)
  return 1
}

private func viewToString(_ state: LuaState) throws(LuaError) -> Int32 {
  let bytes = try state.object(1, as: MemoryView.self).bytes
  let address = "at 0x\(String(bytes.address, radix: 16))"
  state.push(bytes.isReleased ? "<released memory>" : "<memory \(address)>")
  return 1
}
