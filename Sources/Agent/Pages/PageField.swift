import Foundation

/// One value on its way into a template.
///
/// All data passes through ``value``, so that no page can forget to make it visible. An absent value is
/// written as ``none`` and never left out: a template that misses a name looks for it in what surrounds it,
/// and would give a protected person the name of the provider.
enum PageField {
  case text(String)
  case flag(Bool)
  case list([PageField])
  case group([String: PageField])
  case none

  /// The value as the template engine wants it.
  var value: Any {
    switch self {
    case .text(let text): visible(text)
    case .flag(let flag): flag
    case .list(let list): list.map(\.value)
    case .group(let group): group.mapValues(\.value)
    case .none: NSNull()
    }
  }

  /// A number as text, digits alone.
  static func number(_ number: Int) -> PageField { .text(String(number)) }

  /// A text that may be missing; an empty one counts as missing.
  static func optional(_ text: String?) -> PageField {
    guard let text, !text.isEmpty else { return .none }
    return .text(text)
  }

  /// A group that may be missing.
  static func optional(_ group: [String: PageField]?) -> PageField {
    group.map(PageField.group) ?? .none
  }

  /// A moment, for reading and for machines.
  static func time(_ date: Date) -> PageField {
    .group(["moment": .text(PageTime.text(date)), "machine": .text(PageTime.machine(date))])
  }

  /// A moment that may be missing.
  static func time(_ date: Date?) -> PageField {
    date.map { .time($0) } ?? .none
  }

  /// One group for each element.
  static func groups<Element>(
    _ elements: [Element], _ fields: (Element) -> [String: PageField]
  ) -> PageField {
    .list(elements.map { .group(fields($0)) })
  }

  /// A list of texts.
  static func texts(_ texts: [String]) -> PageField {
    .list(texts.map(PageField.text))
  }
}
