import LDAP

/// One write that a plan wants: what, where, why, under which condition, after which others.
package struct Change: Sendable {
  package enum Action: String, CaseIterable, Hashable, Sendable, Codable {
    case create, update, move, rename, reactivate, deactivate, archive, delete
  }

  /// What made the change wanted. Changes by ``absence`` need a read proven complete, and pass guards of their own.
  package enum Cause: Hashable, Sendable {
    /// A row says so.
    case desired(SourcePosition)
    /// The source of this name declares itself complete and no longer has the entry.
    case absence(source: String)
    /// What the run of this number changed is taken back.
    case undo(run: Int)
  }

  /// The condition under which the write may happen, sent with it as an assertion (RFC 4528).
  package struct Precondition: Hashable, Sendable {
    /// What must hold of the entry; `nil` for an add, whose condition is that the name is free.
    package var assertion: Filter?
    package var entryUUID: String?
    /// Set where the values cannot be asserted (deletion, attributes without EQUALITY rule).
    package var entryCSN: String?

    package init(assertion: Filter? = nil, entryUUID: String? = nil, entryCSN: String? = nil) {
      self.assertion = assertion
      self.entryUUID = entryUUID
      self.entryCSN = entryCSN
    }
  }

  /// Where an entry lies, for people and guards to count by.
  package struct Place: Hashable, Sendable {
    /// The nearest unit or organisation above it that has an HSA-id.
    package var unit: HSAIdentity?
    /// The care provider that answers for that unit.
    package var provider: HSAIdentity?

    package init(unit: HSAIdentity? = nil, provider: HSAIdentity? = nil) {
      self.unit = unit
      self.provider = provider
    }
  }

  /// One attribute's difference, for people and machines to read.
  package struct Difference: Hashable, Sendable {
    package enum Style: String, Hashable, Sendable, Codable {
      /// Values go and come.
      case values
      /// The values are the same under their matching rule and only spelled otherwise.
      case spelling
      /// Set at creation.
      case initial
    }
    /// The server's attribute name.
    package var attribute: String
    package var style: Style
    package var removed: [Value]
    package var added: [Value]
    /// How many values stay.
    package var kept: Int

    package init(_ attribute: String, _ style: Style = .values, removed: [Value], added: [Value], kept: Int) {
      self.attribute = attribute
      self.style = style
      self.removed = removed
      self.added = added
      self.kept = kept
    }
  }

  /// Its index in ``Plan/changes``; people see it counted from 1.
  package var id: Int
  package var action: Action
  package var kind: Kind
  package var identity: HSAIdentity
  /// What people call the entry; `nil` for a protected person, whose name is nobody's business.
  package var label: String?
  /// Whether the entry is a protected person: nothing but the HSA-id may be shown.
  package var isProtected: Bool
  package var cause: Cause
  /// The entry's name at the time the write is sent.
  package var dn: DistinguishedName
  /// The entry's name afterwards, where the write changes it.
  package var newDN: DistinguishedName?
  package var differences: [Difference]
  package var operation: WriteOperation
  package var precondition: Precondition
  /// The changes that must have been applied before this one is sent; all smaller than ``id``.
  package var after: [Int]
  /// The changes that must have been settled, however they ended, before this one is sent: what it refers to comes
  /// first where it can, but a person who cannot be created does not keep a commission from its other members.
  package var following: [Int] = []
  /// Where the entry lies before the change; for one to be created, where it will lie.
  package var place = Place()
  /// Where it lies afterwards, when the change takes it to another unit.
  package var destination: Place?
  /// Whether it ends something by positive evidence: a row says so, and nothing is concluded from absence.
  package var isEnding = false

  package init(
    id: Int, action: Action, kind: Kind, identity: HSAIdentity, label: String?, isProtected: Bool,
    cause: Cause,
    dn: DistinguishedName, newDN: DistinguishedName? = nil, differences: [Difference],
    operation: WriteOperation,
    precondition: Precondition, after: [Int] = []
  ) {
    self.id = id
    self.action = action
    self.kind = kind
    self.identity = identity
    self.label = label
    self.isProtected = isProtected
    self.cause = cause
    self.dn = dn
    self.newDN = newDN
    self.differences = differences
    self.operation = operation
    self.precondition = precondition
    self.after = after
  }

  /// Whether the change happens because something was *not* seen.
  package var isByAbsence: Bool { if case .absence = cause { true } else { false } }

  /// Whether it takes back what a run did.
  package var isUndo: Bool { if case .undo = cause { true } else { false } }
}
