// All entries of the help, found by name.

internal import CHelp

/// The help that the program carries.
package struct HelpLibrary: Sendable {
  /// By name: those of the definition file, without what classes inherit.
  package let entries: [String: HelpEntry]
  /// The names in the order of the file.
  package let order: [String]
  /// Names that stand for others.
  package let aliases: [String: String]
  /// What of the file could not be read.
  package let problems: [String]

  /// Read on first use: a script that asks for no help pays nothing.
  package static let shared = HelpLibrary(
    String(decoding: (0..<chelp_length()).map(chelp_byte), as: UTF8.self))

  package init(_ text: String) {
    let reader = HelpReader(text)
    entries = reader.entries
    order = reader.order
    aliases = reader.aliases
    problems = reader.problems
  }

  /// The entry of a name as scripts write it: `mp.Queue.put`, `Queue:put`, `mp.classes.Queue.put`,
  /// `shared_memory.SharedMemory` or just `SharedMemory`.
  ///
  /// What a class inherits is found too, under the name that was asked for.
  package func entry(named written: String) -> HelpEntry? {
    var name = written.replacing(":", with: ".")
    for prefix in ["mp.", "multiprocessing.", "classes."] {
      if let rest = name.dropping(prefix) { name = String(rest) }
    }
    if name == "mp" || name == "multiprocessing" { name = "" }
    return find(name)
  }

  private func find(_ name: String) -> HelpEntry? {
    if let entry = entries[name] ?? aliases[name].flatMap({ entries[$0] }) { return entry }
    guard let dot = name.lastIndex(of: ".") else { return classInSubmodule(name) }
    guard let owner = find(String(name[..<dot])) else { return nil }
    let member = name[name.index(after: dot)...]
    for ancestor in lineage(of: owner.name) {
      guard var entry = entries["\(ancestor).\(member)"] else { continue }
      entry.name = "\(owner.name).\(member)"
      return entry
    }
    return nil
  }

  /// A class and what it extends, the nearest first; not the module, which contexts extend.
  func lineage(of name: String) -> [String] {
    [name] + (entries[name]?.parents ?? []).filter { !$0.isEmpty }.flatMap(lineage)
  }

  /// A class that is only in a submodule, by its last name.
  private func classInSubmodule(_ name: String) -> HelpEntry? {
    guard !name.isEmpty else { return nil }
    return order.lazy.compactMap { entries[$0] }.first {
      $0.kind == .classOfObjects && $0.lastName == name
    }
  }

  /// The members of a class or a submodule, its own first, then what it inherits.
  package func members(of name: String) -> [HelpEntry] {
    var found: [HelpEntry] = []
    for ancestor in lineage(of: name) {
      for name in order {
        guard let entry = entries[name], entry.owner == ancestor, !entry.name.isEmpty,
          !found.contains(where: { $0.lastName == entry.lastName })
        else { continue }
        found.append(entry)
      }
    }
    return found
  }

  /// Names that are much like one that has no entry, the nearest first, at most five.
  package func names(near written: String) -> [String] {
    let wanted = Self.plain(written)
    let known = order.filter { !$0.isEmpty }.map { (name: $0, distance: distance(wanted, to: $0)) }
    return known.filter { $0.distance <= min(max(2, wanted.count / 4), wanted.count - 1) }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(5).map(\.name)
  }

  private func distance(_ wanted: String, to name: String) -> Int {
    let whole = NearName.distance(wanted, Self.plain(name))
    guard let entry = entries[name], !wanted.contains(".") else { return whole }
    return min(whole, NearName.distance(wanted, Self.plain(entry.lastName)))
  }

  private static func plain(_ name: String) -> String {
    let lower = name.lowercased().replacing(":", with: ".")
    return (lower.dropping("mp.") ?? lower.dropping("multiprocessing.")).map(String.init) ?? lower
  }
}
