// Which known word a misspelt one may have meant.

/// Finds words that differ in a letter or two.
enum NearName {
  /// The word that is closest; nil when none is close, or it is the very word.
  static func closest(to word: String, among words: [String]) -> String? {
    let letters = Array(word.utf8)
    let limit = letters.count < 4 ? 1 : 2
    return words.filter { $0 != word }
      .map { (name: $0, distance: distance(letters, Array($0.utf8))) }
      .filter { $0.distance <= limit && $0.distance < letters.count }
      .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
  }

  /// How many letters must be added, dropped, changed or swapped with their neighbours.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    // Case alone is half a mistake, but a mistake.
    guard abs(left.count - right.count) <= 2 else { return .max }
    var rows = [Array(0...right.count)]
    for (row, letter) in left.enumerated() {
      var next = [row + 1]
      for (column, other) in right.enumerated() {
        var best = min(
          next[column] + 1, rows[row][column + 1] + 1,
          rows[row][column] + (letter == other ? 0 : 1))
        if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
          best = min(best, rows[row - 1][column - 1] + 1)
        }
        next.append(best)
      }
      rows.append(next)
    }
    return rows[left.count][right.count]
  }
}
