// The floating types of elements, added up in vectors. Python: `c_float`, `c_double`.

/// A floating type, whose sums are taken in doubles, eight at a time.
protocol SharedFloat: SharedNumber, BinaryFloatingPoint, SIMDScalar, Codable {}

extension SharedFloat {
  @inline(__always)
  var element: Element { .float(Double(self)) }

  @inline(__always)
  static func convert(_ element: Element) -> Conversion<Self> {
    let value =
      switch element {
      case .integer(let value): Double(value)
      case .float(let value): value
      }
    let number = Self(value)
    return number.isInfinite && value.isFinite ? .outOfRange : .number(number)
  }

  static func sum(_ first: Self, _ second: Self) -> Self? {
    let result = Double(first) + Double(second)
    let number = Self(result)
    return number.isInfinite && result.isFinite ? nil : number
  }

  /// Halves the row until a piece is short: the error then grows with the logarithm of the count.
  static func sum(_ numbers: UnsafeMutableBufferPointer<Self>) -> Element {
    unsafe .float(halves(numbers[...]))
  }

  private static func halves(_ numbers: Slice<UnsafeMutableBufferPointer<Self>>) -> Double {
    if unsafe numbers.count <= 2048 {
      return unsafe piece(UnsafeMutableBufferPointer(rebasing: numbers))
    }
    let middle = unsafe numbers.startIndex + (numbers.count / 2) & ~7
    return unsafe halves(numbers[..<middle]) + halves(numbers[middle...])
  }

  @inline(__always)
  private static func eight(
    _ numbers: UnsafeMutableBufferPointer<Self>, _ position: Int
  ) -> SIMD8<Self> {
    unsafe UnsafeRawPointer(numbers.baseAddress.unsafelyUnwrapped + position)
      .loadUnaligned(as: SIMD8<Self>.self)
  }

  private static func piece(_ numbers: UnsafeMutableBufferPointer<Self>) -> Double {
    // Several sums at a time: one addition need not wait for the one before.
    var first = SIMD8<Double>.zero
    var second = SIMD8<Double>.zero
    var position = 0
    while position + 16 <= numbers.count {
      unsafe first += SIMD8<Double>(eight(numbers, position))
      unsafe second += SIMD8<Double>(eight(numbers, position + 8))
      position += 16
    }
    var total = (first + second).sum()
    while position < numbers.count {
      unsafe total += Double(numbers[position])
      position += 1
    }
    return total
  }

  static func extremes(
    _ numbers: UnsafeMutableBufferPointer<Self>
  ) -> (least: Self, most: Self) {
    var least = unsafe numbers[0]
    var most = least
    var isNumber = true
    var position = 0
    if numbers.count >= 8 {
      var leastEight = unsafe eight(numbers, 0)
      var mostEight = leastEight
      while position + 8 <= numbers.count {
        let next = unsafe eight(numbers, position)
        leastEight.replace(with: next, where: next .< leastEight)
        mostEight.replace(with: next, where: next .> mostEight)
        position += 8
      }
      for lane in 0..<8 {
        least = min(least, leastEight[lane])
        most = max(most, mostEight[lane])
      }
    }
    for position in position..<numbers.count {
      least = unsafe min(least, numbers[position])
      most = unsafe max(most, numbers[position])
    }
    // A comparison with NaN is false: it is looked for apart.
    for position in numbers.indices { unsafe isNumber = isNumber && !numbers[position].isNaN }
    return isNumber ? (least, most) : (.nan, .nan)
  }
}

extension Float: SharedFloat {
  @inline(__always)
  init(bits: UInt32) { self.init(bitPattern: bits) }

  @inline(__always)
  var bits: UInt32 { bitPattern }
}

extension Double: SharedFloat {
  @inline(__always)
  init(bits: UInt64) { self.init(bitPattern: bits) }

  @inline(__always)
  var bits: UInt64 { bitPattern }
}
