// What a deadlock's error says. No counterpart in Python.

extension WaitGraph {
  /// Who waits for what and who holds it, a line for each process of a cycle.
  static func report(_ members: [Member]) -> String {
    let most = 20
    var lines = ["nobody is left who could end this wait"]
    for member in members.prefix(most) {
      let things = WaitEntry.description(of: member.operation, on: member.entries)
      lines.append(
        "  \(Board.title(of: member.identity)) has waited \(duration(since: member.since)) in \(things)"
      )
    }
    if members.count > most { lines.append("  and \(members.count - most) more") }
    return lines.joined(separator: "\n")
  }
}
