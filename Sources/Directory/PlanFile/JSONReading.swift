extension CanonicalJSON {
  /// Why a JSON value is not what it should be. Tells the place and the rule, never the value.
  package struct ContentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From the value that was read, such as `operation.modifications[2].kind`; empty for that value itself.
    package var place: String
    package var reason: String

    package init(place: String, reason: String) {
      self.place = place
      self.reason = reason
    }

    package var description: String { place.isEmpty ? reason : "\(place): \(reason)" }
  }
}

/// A JSON value while something is read from it; knows where it stands, so that a fault can tell.
struct JSONReading {
  typealias ContentError = CanonicalJSON.ContentError

  private indirect enum Place {
    case root
    case member(String, of: Place)
    case element(Int, of: Place)
  }

  let value: CanonicalJSON
  private let place: Place

  init(_ value: CanonicalJSON) { self.init(value, .root) }

  private init(_ value: CanonicalJSON, _ place: Place) {
    self.value = value
    self.place = place
  }

  func fault(_ reason: String) -> ContentError {
    var parts: [String] = []
    var place = place
    while true {
      switch place {
      case .root:
        let text = parts.reversed().joined()
        return ContentError(place: text.hasPrefix(".") ? String(text.dropFirst()) : text, reason: reason)
      case .member(let name, let above):
        parts.append(".\(name)")
        place = above
      case .element(let index, let above):
        parts.append("[\(index)]")
        place = above
      }
    }
  }

  // MARK: Parts

  /// A member that must be there.
  func callAsFunction(_ name: String) throws(ContentError) -> JSONReading {
    guard let member = try optional(name) else { throw fault("`\(name)` is missing") }
    return member
  }

  /// A member that may be left out.
  func optional(_ name: String) throws(ContentError) -> JSONReading? {
    guard case .object(let members) = value else { throw fault("an object is wanted here") }
    return members[name].map { JSONReading($0, .member(name, of: place)) }
  }

  /// Refuses members of other names: what is not understood is not applied.
  func allow(_ names: Set<String>) throws(ContentError) {
    guard case .object(let members) = value else { throw fault("an object is wanted here") }
    guard names.isSuperset(of: members.keys) else { throw fault("it has a member that is not known") }
  }

  /// An object's members by name.
  func members() throws(ContentError) -> [(name: String, value: JSONReading)] {
    guard case .object(let members) = value else { throw fault("an object is wanted here") }
    return members.map { ($0.key, JSONReading($0.value, .member("…", of: place))) }
  }

  func list<T>(_ read: (JSONReading) throws(ContentError) -> T) throws(ContentError) -> [T] {
    guard case .array(let elements) = value else { throw fault("a list is wanted here") }
    var result: [T] = []
    result.reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() {
      result.append(try read(JSONReading(element, .element(index, of: place))))
    }
    return result
  }

  // MARK: Plain values

  func text() throws(ContentError) -> String {
    guard case .string(let text) = value else { throw fault("a string is wanted here") }
    return text
  }

  func number(atLeast least: Int = 0) throws(ContentError) -> Int {
    guard case .number(let number) = value else { throw fault("a number is wanted here") }
    guard number >= least else { throw fault("a number of at least \(least) is wanted here") }
    return number
  }

  func bool() throws(ContentError) -> Bool {
    guard case .bool(let bool) = value else { throw fault("true or false is wanted here") }
    return bool
  }

  /// One of the words that an enumeration knows.
  func word<Word: RawRepresentable<String>>(_ type: Word.Type = Word.self) throws(ContentError) -> Word {
    guard let word = Word(rawValue: try text()) else { throw fault("the word is not known") }
    return word
  }

  func identity() throws(ContentError) -> HSAIdentity { HSAIdentity(try text()) }
}
