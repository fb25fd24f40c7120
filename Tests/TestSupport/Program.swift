// Which program a test runs, and where the repository's files are.

import CTestSupport
import Glibc

/// An executable file that a test runs.
public struct Program: Sendable {
  /// Where the file is.
  public let path: String

  /// Names an executable by its path, or by its name when it is on the search path.
  public init(_ path: String) {
    self.path = path
  }

  /// The `mplua` under test: what the environment variable `MPLUA` names, or else the one that was
  /// built together with the tests.
  public static let mplua: Program = {
    if let path = environmentValue("MPLUA") {
      return Program(path.hasPrefix("/") ? path : "\(Repository.root)/\(path)")
    }
    return Program("\(directoryOfTests)/mplua")
  }()

  /// A program of the package that was built together with the tests.
  public static func built(_ name: String) -> Program { Program("\(directoryOfTests)/\(name)") }

  /// The `mpluactl` that was built together with the tests.
  public static let mpluactl = Program("\(directoryOfTests)/mpluactl")

  /// The directory of the file that these tests are loaded from.
  private static var directoryOfTests: String {
    guard let name = unsafe ctest_file_of(#dsohandle), let path = unsafe realpath(name, nil)
    else { return "." }
    defer { unsafe free(path) }
    return unsafe String(cString: path).directory
  }
}

/// The files that tests read.
public enum Repository {
  /// The directory that holds `Package.swift`.
  public static let root = #filePath.directory.directory.directory

  /// Lists a directory of the repository, sorted; hidden files are left out.
  public static func list(_ directory: String) -> [String] {
    guard let handle = unsafe opendir("\(root)/\(directory)") else { return [] }
    defer { unsafe closedir(handle) }
    var names: [String] = []
    while let entry = unsafe readdir(handle) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// Reads a text file of the repository; nil when there is none.
  public static func text(of file: String) -> String? {
    readText("\(root)/\(file)")
  }
}

/// A variable of the test process's own environment.
public func environmentValue(_ name: String) -> String? {
  guard let value = unsafe getenv(name) else { return nil }
  return unsafe String(cString: value)
}

extension String {
  /// The path without its last component.
  var directory: String {
    guard let slash = lastIndex(of: "/") else { return "." }
    return slash == startIndex ? "/" : String(self[..<slash])
  }
}

/// Reads a whole file; nil when it cannot be opened.
func readText(_ path: String) -> String? {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  while let more = readSome(from: descriptor), !more.isEmpty {
    bytes += more
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// Reads what there is: nothing at the end, nil on an error.
func readSome(from descriptor: Int32) -> [UInt8]? {
  var count = 0
  let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, initialized in
    count = unsafe read(descriptor, buffer.baseAddress, buffer.count)
    initialized = max(count, 0)
  }
  return count < 0 ? nil : bytes
}
