import Foundation

/// What is kept of one observed entry, besides the numbers of its sets of values.
struct RoleEntry: Sendable {
  struct Marks: OptionSet, Sendable {
    let rawValue: UInt16
    static let isThere = Marks(rawValue: 1)
    /// It lies under one of the bases.
    static let isInside = Marks(rawValue: 2)
    static let isProtected = Marks(rawValue: 4)
    static let isArchived = Marks(rawValue: 8)
    static let isProvider = Marks(rawValue: 16)
    static let isCareUnit = Marks(rawValue: 32)
    /// A person who was removed and whose certificates still run.
    static let isDeletedPerson = Marks(rawValue: 64)
    /// It has more than one HSA-id, and so none.
    static let hasSeveralIdentities = Marks(rawValue: 128)
    /// A plan makes it: it has no entryUUID yet, and will have one that nobody knows.
    static let isForetold = Marks(rawValue: 256)
    /// Marks that follow from the object classes.
    static let ofClass: Marks = [.isProtected, .isArchived, .isProvider, .isCareUnit, .isDeletedPerson]
  }

  var place: Int32
  /// The number of its HSA-id, or -1.
  var identity: Int32 = -1
  /// The number of its entryUUID, or -1.
  var uuid: Int32 = -1
  /// The next entry under the bases with the same HSA-id, or -1.
  var twin: Int32 = -1
  var kind: Kind?
  var marks: Marks = .isThere
  /// Seconds since 1970; infinite when open, not a number when it cannot be read.
  var start = -Double.infinity
  var end = Double.infinity

  init(place: Int32) { self.place = place }

  var isUnit: Bool { kind == .unit }
  var isUnitOrOrganisation: Bool { kind == .unit || kind == .organisation }
  var hasReadableDates: Bool { !start.isNaN && !end.isNaN }
}

/// That a commission lists a person.
struct RoleMember: Hashable, Sendable {
  /// The number of the person's HSA-id.
  var identity: Int32
  /// Seconds since 1970; infinite when open.
  var start: Double
  var end: Double
}

/// That a person is listed by a commission.
struct RoleMembership: Hashable, Sendable {
  /// The commission's number.
  var commission: Int32
  /// Seconds since 1970; infinite when open.
  var start: Double
  var end: Double
}
