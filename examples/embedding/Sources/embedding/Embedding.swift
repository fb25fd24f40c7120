// A Swift program whose scripts call its functions, in all of their processes.
//
//     swift run embedding factors.lua

import LuaMultiprocessing

/// What the host says of a number that has no factors.
struct NoFactors: Error, CustomStringConvertible {
  let number: Int
  var description: String { "\(number) has no factors" }
}

/// The prime factors of a number, smallest first.
func factors(of number: Int) throws -> [Int] {
  guard number > 1 else { throw NoFactors(number: number) }
  var factors: [Int] = []
  var rest = number
  var factor = 2
  while factor * factor <= rest {
    while rest.isMultiple(of: factor) {
      factors.append(factor)
      rest /= factor
    }
    factor += 1
  }
  return rest > 1 ? factors + [rest] : factors
}

@main enum Embedding {
  static func main() throws {
    // Workers that are no copies of this process run `main` too, as far as this call.
    LuaRuntime.runWorkerIfNeeded { lua in
      lua.register("factors", factors)
    }
    let lua = try LuaRuntime()
    defer { lua.close() }
    let file = CommandLine.arguments.dropFirst().first ?? "factors.lua"
    let numbers = [12, 97, 1001, 600_851_475_143]
    do {
      let (lists, count): ([[Int]], Int) = try lua.run(file: file, arguments: numbers)
      for (number, factors) in zip(numbers, lists) {
        print(number, "=", factors.map(String.init).joined(separator: " * "))
      }
      print(count, "factors")
      try lua.run("factors(...)", arguments: 0)
    } catch let error as LuaScriptError {
      print(error)
    }
  }
}
