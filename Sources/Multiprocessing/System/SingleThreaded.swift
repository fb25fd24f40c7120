// Variables of the whole process.

/// Holds a variable of the process.
///
/// Swift asks that shared variables be safe for threads; a process of ours has exactly one.
// Safe because no part of the program starts a thread: that is what makes `fork` sound.
package final class SingleThreaded<Value>: @unchecked Sendable {
  /// The variable.
  package var value: Value

  /// Makes the variable.
  package init(_ value: Value) { self.value = value }
}
