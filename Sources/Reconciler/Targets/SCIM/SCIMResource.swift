import Directory

/// A user or a group, as much of it as is needed.
struct SCIMResource: Sendable {
  let id: String
  let externalId: String?
  let displayName: String?
  /// What it is compared by when it is written (RFC 7644 section 3.14).
  var version: String?
  /// The `value` of each element of the attribute that is asked about.
  let values: [String]
  /// How many elements have none.
  let unnamed: Int
  /// Whether the attribute was there at all.
  let showsAttribute: Bool
  /// All of it, where it is to be written back; `null` in lists, which would be large.
  var json: SCIMJSON

  /// `nil` when it is no resource, or the attribute no list.
  init?(_ json: SCIMJSON, _ slot: SCIMSlot) {
    guard let id = json["id"]?.text, !id.isEmpty else { return nil }
    self.id = id
    self.json = json
    externalId = json["externalId"]?.text
    displayName = json["displayName"]?.text
    version = json["meta"]?["version"]?.text.flatMap(SCIMResource.version)
    let list = json[slot.attribute]
    guard let elements = list?.elements ?? (list == nil ? [] : nil) else { return nil }
    let found = elements.map(SCIMResource.value)
    values = found.compactMap(\.self)
    unnamed = found.count - values.count
    showsAttribute = list != nil
  }

  /// The text that an element of a list is known by.
  static func value(_ element: SCIMJSON) -> String? {
    let text = element.text ?? element["value"]?.text
    return text?.isEmpty == true ? nil : text
  }

  /// An entity tag that can be sent back in a header.
  static func version(_ text: String) -> String? {
    let isSound =
      !text.isEmpty && text.utf8.count <= 1_024 && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    return isSound ? text : nil
  }

  /// Whose it is: the HSA-id, or, where `externalId` holds none, `id` and what the target knows it by.
  ///
  /// What does not look like an HSA-id may be a personal number or an address, and is never shown.
  var person: HSAIdentity {
    guard let externalId, SCIMResource.isHSAIdentity(externalId) else { return SCIMResource.person(id: id) }
    return HSAIdentity(externalId)
  }

  static func person(id: String) -> HSAIdentity { HSAIdentity(idPrefix + id) }

  /// What those go by who have no HSA-id begins with this; then comes their id.
  static let idPrefix = "id "

  /// Two letters for the country, then letters, digits and hyphens, at least one of them.
  static func isHSAIdentity(_ text: String) -> Bool {
    let octets = Array(text.utf8)
    func isLetter(_ octet: UInt8) -> Bool { SCIMJSON.small(octet) &- 97 < 26 }
    return (4...64).contains(octets.count) && octets.prefix(2).allSatisfy(isLetter)
      && octets.contains(UInt8(ascii: "-"))
      && octets.allSatisfy { isLetter($0) || $0 &- 48 < 10 || $0 == UInt8(ascii: "-") }
  }
}
