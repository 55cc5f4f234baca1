/// One value that takes the place of another, cut where the two part ways.
///
/// In `Storgatan 1` and `Storgatan 12` the eye seeks the digit that differs; the pair finds it first.
struct ValuePair: Sendable {
  /// A value in three pieces, of which the middle is its own.
  struct Value: Sendable {
    var before: String
    var own: String
    var after: String
  }

  var removed: Value
  var added: Value

  /// The pair, if exactly one value goes and one comes.
  init?(removed: [String], added: [String]) {
    guard removed.count == 1, added.count == 1, let old = removed.first, let new = added.first else {
      return nil
    }
    let (oldText, newText) = (Array(visible(old)), Array(visible(new)))
    let head = zip(oldText, newText).prefix { $0 == $1 }.count
    let room = min(oldText.count, newText.count) - head
    let tail = zip(oldText.reversed(), newText.reversed()).prefix(room).prefix { $0 == $1 }.count
    // Values that have little in common are no easier to read for being cut.
    let isAlike = (head + tail) * 2 >= min(oldText.count, newText.count)
    self.removed = Self.cut(oldText, isAlike ? head : 0, isAlike ? tail : 0, isAlike)
    self.added = Self.cut(newText, isAlike ? head : 0, isAlike ? tail : 0, isAlike)
  }

  /// What the template reads.
  var fields: [String: PageField] {
    ["old": .group(removed.fields), "new": .group(added.fields)]
  }

  private static func cut(_ text: [Character], _ head: Int, _ tail: Int, _ isAlike: Bool) -> Value {
    guard isAlike else { return Value(before: String(text), own: "", after: "") }
    return Value(
      before: String(text.prefix(head)), own: String(text.dropFirst(head).dropLast(tail)),
      after: String(text.suffix(tail)))
  }
}

extension ValuePair.Value {
  fileprivate var fields: [String: PageField] {
    ["before": .text(before), "own": .optional(own), "after": .text(after)]
  }
}
