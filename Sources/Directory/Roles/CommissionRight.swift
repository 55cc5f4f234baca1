import Foundation
import LDAP

/// What a commission lets its members do: `activity;type;scope`, such as `Läsa;alla;SJF`.
package struct CommissionRight: Hashable, Sendable {
  package enum Scope: Hashable, Sendable {
    /// The commission's own care unit (VE).
    case unit
    /// The whole care provider (VG).
    case provider
    /// Other care providers (SJF).
    case others
    case identity(HSAIdentity)
  }
  /// `Läsa`, `Skriva` or `Signera`, in small letters.
  package var activity: String
  /// The type of information, in small letters; `alla` is all of them.
  package var type: String
  package var scope: Scope

  package init(activity: String, type: String, scope: Scope) {
    self.activity = activity
    self.type = type
    self.scope = scope
  }
}

extension CommissionRight {
  /// The types of information that commissions speak of, besides `alla`.
  static let types: Set<String> = [
    "dia", "fun", "lak", "lkm", "pad", "pat", "und", "upp", "vbe", "vko", "voo", "vot", "vpo",
  ]
  static let activities = ["läsa", "skriva", "signera"]

  /// Reads `Läsa;alla;SJF`; letter case makes no difference, and `lko` and `lkf` are older words for `lak`.
  ///
  /// `nil` for all that is not exactly three parts that are known: what cannot be read gives nothing.
  package init?(parsing text: String) {
    let parts = text.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3 else { return nil }
    activity = parts[0].precomposedStringWithCanonicalMapping.lowercased()
    let small = parts[1].asciiLowercased
    type = small == "lko" || small == "lkf" ? "lak" : small
    guard CommissionRight.activities.contains(activity),
      type == "alla" || CommissionRight.types.contains(type),
      let scope = Scope(parsing: parts[2])
    else { return nil }
    self.scope = scope
  }

  /// Whether whoever has this right may do what the other one says.
  ///
  /// `alla` covers every type and the whole provider its units; other providers and named places cover themselves alone.
  package func covers(_ wanted: CommissionRight) -> Bool {
    guard activity == wanted.activity, type == "alla" || type == wanted.type else { return false }
    return scope == wanted.scope || (scope == .provider && wanted.scope == .unit)
  }
}

extension CommissionRight.Scope {
  fileprivate init?(parsing text: String) {
    switch text.asciiLowercased {
    case "ve": self = .unit
    case "vg": self = .provider
    case "sjf": self = .others
    default:
      guard text.utf8.count <= 32, text.utf8.contains(0x2D), text.utf8.first != 0x2D, text.utf8.last != 0x2D,
        text.utf8.allSatisfy({ $0.isDigit || $0.asciiLowercased &- 97 < 26 || $0 == 0x2D })
      else { return nil }
      self = .identity(HSAIdentity(text))
    }
  }
}

extension CommissionRight: CustomStringConvertible {
  /// As HSA writes it: `Läsa;alla;SJF`.
  package var description: String {
    "\(activity.prefix(1).uppercased())\(activity.dropFirst());\(type);\(scopeText)"
  }

  private var scopeText: String {
    switch scope {
    case .unit: "VE"
    case .provider: "VG"
    case .others: "SJF"
    case .identity(let identity): identity.text
    }
  }
}
