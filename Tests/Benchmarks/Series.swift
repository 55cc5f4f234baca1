import Foundation

/// One figure, measured several times.
struct Series {
  private(set) var values: [Double] = []

  init(_ values: [Double] = []) { self.values = values }

  mutating func add(_ value: Double) { values.append(value) }

  var minimum: Double { values.min() ?? .nan }
  var maximum: Double { values.max() ?? .nan }
  var median: Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
  /// How far the values lie apart, as part of the median.
  var spread: Double { (maximum - minimum) / median }

  /// The values of two series, each divided by that of the same round.
  func ratio(to other: Series) -> Series { Series(zip(values, other.values).map { $0 / $1 }) }
}

/// What is printed: a title, columns, lines, and remarks below.
struct Report {
  let title: String
  let columns: [String]
  private var lines: [[String]] = []
  private var remarks: [String] = []

  init(_ title: String, _ columns: [String]) {
    self.title = title
    self.columns = columns
  }

  mutating func add(_ cells: String...) { lines.append(cells) }
  /// Two series that took turns, each held against the first: above 1 it was faster.
  mutating func compare(_ first: (name: String, series: Series), _ second: (name: String, series: Series)) {
    for (name, series) in [first, second] {
      let ratio = first.series.ratio(to: series)
      add(
        name, Figure.seconds(series.minimum), Figure.seconds(series.median), Figure.seconds(series.maximum),
        Figure.percent(series.spread),
        "\(Figure.ratio(ratio.minimum)) \(Figure.ratio(ratio.median)) \(Figure.ratio(ratio.maximum))")
    }
  }
  mutating func remark(_ text: String) { remarks.append(text) }

  /// The first column reads from the left, the others are figures.
  var text: String {
    let all = [columns] + lines
    let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    let rows = all.map { cells in
      cells.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }.joined(separator: "  ")
    }
    let rule = String(repeating: "-", count: rows[0].count)
    return (["", title, rows[0], rule] + rows.dropFirst() + remarks).joined(separator: "\n")
  }
}

/// Figures as people read them.
enum Figure {
  static func seconds(_ value: Double) -> String { text(value, value < 0.1 ? 4 : value < 10 ? 3 : 1) }
  static func ratio(_ value: Double) -> String { text(value, 2) }
  static func percent(_ value: Double) -> String { "\(text(value * 100, 0)) %" }
  static func megabytes(_ value: Double?) -> String { value.map { text($0, 0) } ?? "-" }
  static func text(_ value: Double, _ decimals: Int) -> String {
    value.isNaN ? "-" : String(format: "%.\(decimals)f", value)
  }
  static func count(_ value: Int) -> String {
    var text = String(value)
    var place = text.count - 3
    while place > 0 {
      text.insert(",", at: text.index(text.startIndex, offsetBy: place))
      place -= 3
    }
    return text
  }
}
