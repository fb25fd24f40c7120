// The version that all of the project's programs print, and how they were built.

/// The version of mplua, as in "0.1.0".
public let mpluaVersion = "0.1.0"

/// What `--version` says of a program, for whoever reports a fault.
public enum ProgramDescription {
  /// A line: name, version and build, as in "mplua 0.1.0 (release, 7300a5bd0c1f, Swift 6.3.1)".
  public static func line(of name: String) -> String {
    "\(name) \(mpluaVersion) (\(build.joined(separator: ", ")))"
  }

  /// The machine this runs on, as in "x86_64, Linux 6.1.0, glibc 2.36".
  public static var machine: String {
    let system = SystemNames.current
    return "\(system.machine), \(system.kernel) \(system.release), \(system.library)"
  }

  private static var build: [String] {
    var facts: [String] = []
    #if DEBUG
    facts.append("debug")
    #else
    facts.append("release")
    #endif
    #if FaultInjection
    facts.append("dies at named steps")
    #endif
    if let note = BuildNote.text { facts.append(note) }
    return facts
  }
}
