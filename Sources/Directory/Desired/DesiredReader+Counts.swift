// How many rows were read, before rows about one identity are joined.
extension DesiredReader {
  /// By the file's name.
  package var rowsByFile: [String: Int] {
    var counts = [Int](repeating: 0, count: files.count)
    for row in rows { counts[Int(row.file)] += 1 }
    return Dictionary(zip(files, counts), uniquingKeysWith: +)
  }
}

extension DesiredReader {
  /// The attributes' names so far, in the order first met; those of a reader that has read nothing are the same for all
  /// files.
  package var names: [String] { builder.table.names }
}
