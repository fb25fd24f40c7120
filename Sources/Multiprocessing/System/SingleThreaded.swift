// Variables of the whole process.

/// Holds a variable of the process, from its first use to the end.
///
/// Swift asks that shared variables be safe for threads; a process of ours has exactly one.
///
/// Not a class: the type of a generic object is looked up by its name at run time, which cost each
/// forked child a tenth of its start.
// Safe because no part of the program starts a thread: that is what makes `fork` sound.
@safe package struct SingleThreaded<Value>: @unchecked Sendable {
  private let storage: UnsafeMutablePointer<Value>

  /// Makes the variable; it is never freed.
  package init(_ value: Value) {
    unsafe storage = .allocate(capacity: 1)
    unsafe storage.initialize(to: value)
  }

  /// The variable.
  package var value: Value {
    get { unsafe storage.pointee }
    nonmutating _modify { yield unsafe &storage.pointee }
  }
}
