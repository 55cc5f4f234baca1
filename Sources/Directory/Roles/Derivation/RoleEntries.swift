import Foundation
import LDAP

/// The observed entries, as far as roles depend on them: what is joined with what is found here.
struct RoleEntries: Sendable {
  /// The slots of the attributes that derivation itself looks at.
  struct Slots: Sendable {
    let objectClass: Int
    let identity: Int
    let responsible: Int
    let unitMembers: Int
    let occupants: [Int]
    let labels: [Int]
    /// Of mandatory attributes, those whose values are HSA-ids of other entries.
    var references: [Int] = []
  }

  let schema: Schema
  let attributes: RoleAttributes
  var slots: Slots
  let bases: [DistinguishedName]
  /// The member attribute's canonical name.
  let memberKey: String?

  var values = RoleValues()
  var dates = RoleDates()
  var conditions: RoleConditions
  let startColumn: Int
  let endColumn: Int
  private var classifier: KindClassifier
  private let careUnitClass: String
  /// Kind and marks of each set of object classes, by its number.
  private var classes: [(kind: Kind?, marks: RoleEntry.Marks)] = []

  var places: RolePlaces
  var basePlaces: [Int32] = []
  var all: [RoleEntry] = []
  var free: [Int32] = []
  /// The numbers of each entry's sets of values, ``width`` for each entry, by slot.
  var sets: [UInt32] = []
  private(set) var width: Int
  /// Which conditions each entry meets, ``words`` for each entry.
  var met: [UInt64] = []
  let words: Int

  var identities = ByteIndex(foldingCase: true)
  /// The first entry under the bases with each HSA-id, or -1.
  var firstOfIdentity: [Int32] = []
  var uuids = ByteIndex(foldingCase: true)
  var entryOfUUID: [Int32] = []
  /// By which entryUUID (number) an HSA-id (number) is known.
  var known: [Int32: Int32] = [:]

  var members: [Int32: [RoleMember]] = [:]
  /// How many values of each commission's member attribute cannot be read.
  var badMembers: [Int32: Int] = [:]
  /// The HSA-ids whose memberships are taken; `nil`: all.
  var wantedMembers: ByteIndex?
  /// The memberships of each person, by the number of the HSA-id.
  var memberships: [Int32: [RoleMembership]] = [:]
  /// The places that each function's occupants lie at.
  var occupantPlaces: [Int32: [Int32]] = [:]
  var functionsAtPlace: [Int32: [Int32]] = [:]
  /// The entries that name an HSA-id as their care provider or in another mandatory reference.
  var referrers: [Int32: [Int32]] = [:]
  /// The entries that list an HSA-id as a unit of theirs.
  var listers: [Int32: [Int32]] = [:]
  /// Whether a place with others below it was moved, so that what goes by name has to be looked up again.
  var hasMoved = false
  /// Entries that have no place for now, with the name that they had.
  var aside: [(entry: Int32, name: DistinguishedName?)] = []
  /// HSA-ids that entries got or lost since it was emptied last.
  var flipped: Set<Int32> = []
  private var slotsOfBatch: (names: [String], slots: [Int32], uuid: Int, members: Int) = ([], [], -1, -1)

  /// - Parameter conditions: all conditions, complete.
  init(
    _ attributes: RoleAttributes, _ rules: RoleRules, _ profile: Profile, _ schema: Schema,
    values: RoleValues,
    conditions: RoleConditions, bases: [DistinguishedName]
  ) {
    self.attributes = attributes
    self.schema = schema
    self.bases = bases
    var values = values
    slots = Slots(
      objectClass: values.makeSlot("objectClass", schema),
      identity: values.makeSlot(attributes.identity, schema),
      responsible: values.makeSlot(attributes.responsible, schema),
      unitMembers: values.makeSlot(attributes.unitMembers, schema),
      occupants: attributes.occupants.map { values.makeSlot($0, schema) },
      labels: attributes.labels.map { values.makeSlot($0, schema) })
    startColumn = dates.insert(values.makeSlot(attributes.start, schema), as: .start)
    endColumn = dates.insert(values.makeSlot(attributes.end, schema), as: .end)
    for subject in RoleSubject.allCases {
      for name in rules.mandatory[subject] ?? []
      where profile.references[name.asciiLowercased] == .identity {
        slots.references.append(values.makeSlot(name, schema))
      }
    }
    memberKey = attributes.members.map { RoleValues.key($0, schema) }
    self.values = values
    self.conditions = conditions
    width = values.names.count + 4
    words = max(1, (conditions.count + 63) / 64)
    classifier = KindClassifier(profile)
    careUnitClass = profile.careUnitClass.asciiLowercased
    places = RolePlaces(schema)
    self.conditions.learn(self.values)
    settleBases()
  }

  // MARK: Asking

  subscript(entry: Int32) -> RoleEntry { all[Int(entry)] }

  func set(_ entry: Int32, _ slot: Int) -> UInt32 { sets[Int(entry) * width + slot] }

  func meets(_ entry: Int32, _ condition: Int) -> Bool {
    condition < 0 || met[Int(entry) * words + condition >> 6] >> UInt64(condition & 63) & 1 == 1
  }

  /// Whether what the entry says counts: it lies under the bases, is of a kind, and is alone with its HSA-id, which is
  /// not known by another entryUUID.
  func isSound(_ entry: Int32) -> Bool {
    let one = all[Int(entry)]
    guard one.marks.contains([.isThere, .isInside]), one.kind != nil, one.identity >= 0 else { return false }
    return firstOfIdentity[Int(one.identity)] == entry && one.twin < 0 && !isStranger(entry)
  }

  /// Whether its HSA-id is known by another entryUUID. One that may not be read is no other: whoever hides it must not
  /// lock people out.
  func isStranger(_ entry: Int32) -> Bool {
    guard !known.isEmpty, let uuid = known[all[Int(entry)].identity] else { return false }
    let one = all[Int(entry)]
    if one.uuid < 0 { return one.marks.contains(.isForetold) }
    return uuid != one.uuid
  }

  /// The sound entry with an HSA-id.
  func entry(of identity: Int32) -> Int32? {
    guard identity >= 0 else { return nil }
    let entry = firstOfIdentity[Int(identity)]
    return entry >= 0 && isSound(entry) ? entry : nil
  }

  func entry(_ identity: HSAIdentity) -> Int32? {
    identities.find(identity.text).flatMap { entry(of: Int32($0)) }
  }

  /// All entries under the bases with an HSA-id.
  func twins(of identity: Int32) -> [Int32] {
    var result: [Int32] = []
    var entry = firstOfIdentity[Int(identity)]
    while entry >= 0 {
      result.append(entry)
      entry = self[entry].twin
    }
    return result
  }

  func identity(_ entry: Int32) -> HSAIdentity {
    var text: String?
    values.forEach(slots.identity, set(entry, slots.identity)) { value in
      text = text ?? String(decoding: value, as: UTF8.self)
    }
    return HSAIdentity(text ?? "")
  }

  func uuid(_ entry: Int32) -> String? {
    self[entry].uuid < 0 ? nil : uuids.text(Int(self[entry].uuid)).asciiLowercased
  }

  /// The numbers of the HSA-ids that an attribute of an entry holds; `nil` for a value that no entry has ever had.
  func references(_ entry: Int32, _ slot: Int) -> [Int32?] {
    var result: [Int32?] = []
    values.forEach(slot, set(entry, slot)) { result.append(identities.find($0).map { Int32($0) }) }
    return result
  }

  // MARK: Numbers

  mutating func number(ofIdentity value: UnsafeRawBufferPointer) -> Int32 {
    let (number, isNew) = identities.insert(value)
    if isNew { firstOfIdentity.append(-1) }
    return Int32(number)
  }

  mutating func number(ofIdentity identity: HSAIdentity) -> Int32 {
    var text = identity.text
    return text.withUTF8 { number(ofIdentity: UnsafeRawBufferPointer($0)) }
  }

  mutating func number(ofUUID value: UnsafeRawBufferPointer) -> Int32 {
    let (number, isNew) = uuids.insert(value)
    if isNew { entryOfUUID.append(-1) }
    return Int32(number)
  }

  // MARK: Slots and classes

  /// The slots of a batch's names: -1 for what is not looked at.
  mutating func slots(of names: [String]) -> (slots: [Int32], uuid: Int, members: Int) {
    if slotsOfBatch.names != names {
      let found = names.map { Int32(slot($0)) }
      let uuid = names.firstIndex { $0.equalsIgnoringASCIICase("entryUUID") } ?? -1
      let members = names.firstIndex { RoleValues.key($0, schema) == memberKey } ?? -1
      slotsOfBatch = (names, found, uuid, members)
    }
    return (slotsOfBatch.slots, slotsOfBatch.uuid, slotsOfBatch.members)
  }

  /// The slot of an attribute, made now for a subtype or an option that conditions look at; -1 for others.
  mutating func slot(_ name: String) -> Int {
    if let known = values.slot(of: name, schema) { return known }
    guard conditions.concern(name) else { return -1 }
    let slot = values.makeSlot(name, schema)
    conditions.learn(values)
    if values.names.count > width { widen() }
    return slot
  }

  private mutating func widen() {
    let old = width
    width = values.names.count + 8
    var wider = [UInt32](repeating: 0, count: all.count * width)
    for entry in all.indices {
      for slot in 0..<old { wider[entry * width + slot] = sets[entry * old + slot] }
    }
    sets = wider
  }

  /// What a set of object classes makes of an entry.
  mutating func classify(_ set: UInt32) -> (kind: Kind?, marks: RoleEntry.Marks) {
    while classes.count <= Int(set) {
      let names = values.values(slots.objectClass, UInt32(classes.count)).map {
        $0.bytes.map(\.asciiLowercased)
      }
      let found = classifier.classify(names)
      var marks: RoleEntry.Marks = []
      if found.isProtected { marks.insert(.isProtected) }
      if found.isArchived { marks.insert(.isArchived) }
      if found.isProvider { marks.insert(.isProvider) }
      if names.contains(Array(careUnitClass.utf8)) { marks.insert(.isCareUnit) }
      if names.contains(Array(RoleEntries.deletedPersonClass.utf8)) { marks.insert(.isDeletedPerson) }
      classes.append((found.kind, marks))
    }
    return classes[Int(set)]
  }

  /// The class of persons who were removed and whose certificates still run, in small letters.
  static let deletedPersonClass = "hsadeletedpersonwithvalidcertificates"
}
