// Which known word a misspelt one may have meant.

/// Finds words that differ in a letter or two.
package enum NearName {
  /// The word that is closest; nil when none is close, or it is the very word.
  package static func closest(to word: String, among words: [String]) -> String? {
    let count = word.utf8.count
    let limit = count < 4 ? 1 : 2
    return words.filter { $0 != word }
      .map { (name: $0, distance: distance(word, $0)) }
      .filter { $0.distance <= limit && $0.distance < count }
      .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
  }

  /// How many letters must be added, dropped, changed or swapped with their neighbours.
  static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.utf8)
    let right = Array(right.utf8)
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
