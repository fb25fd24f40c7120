// How the output of a process is shown. Python: none; GNU parallel's `--tag` and `--group`.

/// What becomes of all that a process writes, be it by `print`, by a program that it runs or by a
/// library written in C.
///
/// Standard output's part is written to its parent's standard output, standard error's to standard
/// error.
public enum OutputMode: String, CaseIterable, Sendable {
  /// Each line comes behind the process's name, as soon as it is whole.
  case prefix
  /// Nothing comes before the process has ended, then all of it in one piece.
  case group
}
