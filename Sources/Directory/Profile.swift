import LDAP

/// What a catalogue looks like: its classes, its names for attributes, its limits.
///
/// Profiles are files (`conf/profiles/*.yaml`); two catalogues differ by profile, not by program.
/// In files people write, attributes go by their *canonical* (national HSA) names; ``serverName(_:)`` gives the catalogue's own.
package struct Profile: Sendable {
  /// How entries of one kind are recognised, named and made.
  package struct KindProfile: Sendable {
    /// An entry is of this kind when it has one of these classes; kinds are tried most specific first, in the profile's order.
    package var recognise: [String]
    /// The object classes that a created entry gets.
    package var classes: [String]
    /// The naming attribute (server name): `cn`, `ou`, `o`.
    package var naming: String
    /// Templates for attributes a create needs and the row lacks, in order; server attribute names.
    package var templates: [(attribute: String, template: Template)]

    package init(
      recognise: [String], classes: [String], naming: String,
      templates: [(attribute: String, template: Template)] = []
    ) {
      self.recognise = recognise
      self.classes = classes
      self.naming = naming
      self.templates = templates
    }
  }

  /// How the value of an attribute refers to another entry.
  package enum ReferenceForm: String, CaseIterable, Hashable, Sendable {
    /// The value is an HSA-id.
    case identity
    /// The value is a distinguished name.
    case name
    /// The value is `HSA-id;start;end`, as `hsaCommissionMember` has it.
    case memberPeriod
  }

  package var name: String
  /// The attribute that holds the HSA-id (server name).
  package var identity: String
  /// Kinds in the order in which recognition tries them.
  package var kinds: [(kind: Kind, profile: KindProfile)]
  /// Canonical name -> the server's, where they differ.
  package var serverNames: [String: String]
  /// Longest value in characters, by server name (small letters).
  package var lengths: [String: Int]
  /// Attributes that refer to entries, by server name (small letters).
  package var references: [String: ReferenceForm]
  /// The attribute (server name) that `members:` of a row stands for; `nil` when the catalogue has none.
  package var memberAttribute: String? = "hsaCommissionMember"
  /// Attributes (server names) whose values only one entry in the directory may have.
  package var unique: [String]
  /// Attributes that can never be owned (server names, small letters): made by the server or published by SITHS.
  package var neverOwned: Set<String>
  /// Attributes whose stored spelling the server decides (server names, small letters): spelling is not compared.
  package var serverSpells: Set<String>
  /// Attributes that hold a Swedish personal number (server names, small letters).
  package var personalNumbers: Set<String>
  /// Attributes by which a row without HSA-id is found, tried in order (server names).
  package var correlation: [String]
  /// Server names of `startDate` and `endDate`.
  package var startDate: String
  package var endDate: String
  /// The class that marks a protected person.
  package var protectedClass: String
  /// The class that marks an archived unit or provider.
  package var archivedClass: String
  /// The classes that mark an entry as care provider and as care unit.
  package var providerClass: String
  package var careUnitClass: String
  /// Organisation-number prefixes that HSA-ids may begin with besides `SE` + 10 digits (test catalogues).
  package var identityPrefixes: [String]

  package init(
    name: String, identity: String = "hsaIdentity", kinds: [(kind: Kind, profile: KindProfile)],
    serverNames: [String: String] = [:], lengths: [String: Int] = [:],
    references: [String: ReferenceForm] = [:],
    unique: [String] = [], neverOwned: Set<String> = [], serverSpells: Set<String> = [],
    personalNumbers: Set<String> = [], correlation: [String] = [], startDate: String = "startDate",
    endDate: String = "endDate", protectedClass: String = "hsaConfidentialPerson",
    archivedClass: String = "hsaArchivedObject", providerClass: String = "hsaHealthCareProvider",
    careUnitClass: String = "hsaHealthCareUnit", identityPrefixes: [String] = []
  ) {
    self.name = name
    self.identity = identity
    self.kinds = kinds
    self.serverNames = serverNames
    self.lengths = lengths
    self.references = references
    self.unique = unique
    self.neverOwned = neverOwned
    self.serverSpells = serverSpells
    self.personalNumbers = personalNumbers
    self.correlation = correlation
    self.startDate = startDate
    self.endDate = endDate
    self.protectedClass = protectedClass
    self.archivedClass = archivedClass
    self.providerClass = providerClass
    self.careUnitClass = careUnitClass
    self.identityPrefixes = identityPrefixes
  }

  /// The catalogue's name for an attribute that a person wrote by its canonical name.
  package func serverName(_ canonical: String) -> String {
    serverNames[canonical] ?? serverNames.first { $0.key.equalsIgnoringASCIICase(canonical) }?.value
      ?? canonical
  }

  /// The attribute (server name) by which a unit names the care provider that answers for it.
  package var responsibleProvider: String { serverName("hsaResponsibleHealthCareProvider") }

  /// Attributes (server names, small letters) that tie entries to each other or tell them apart: what they no longer say
  /// in one place they may say in another.
  package var ties: Set<String> {
    var names = Set(references.keys)
    let others = unique + correlation + [memberAttribute ?? "", responsibleProvider, "objectClass"]
    names.formUnion(others.map(\.asciiLowercased))
    return names
  }

  /// What is known of a kind; `nil` when the catalogue has none of it.
  package subscript(kind: Kind) -> KindProfile? { kinds.first { $0.kind == kind }?.profile }
}

/// A pattern such as `{givenName} {sn}` from which a created entry's attribute is made.
package struct Template: Hashable, Sendable {
  package enum Part: Hashable, Sendable {
    case literal(String)
    /// The first value of an attribute, by server name.
    case attribute(String)
  }
  package var parts: [Part]
  package init(parts: [Part]) { self.parts = parts }

  /// The pattern filled in; `nil` when an attribute it needs has no value.
  package func text(_ value: (String) -> String?) -> String? {
    var result = ""
    for part in parts {
      switch part {
      case .literal(let text): result += text
      case .attribute(let name):
        guard let text = value(name), !text.isEmpty else { return nil }
        result += text
      }
    }
    return result
  }
}
