import LDAP

/// The tree of names: each place has a number, hangs below another, and is found by its normal form.
///
/// An entry that is moved takes its place along, with all that hangs below it, as a server moves a subtree. Place 0 is
/// the root, the empty name.
struct RolePlaces: Sendable {
  struct Place: Sendable {
    var parent: Int32
    /// The entry that lies here, or -1: the place is known only by what is below it or points at it.
    var entry: Int32 = -1
    /// The number of the relative name as written.
    var name: UInt32 = 0
    var firstChild: Int32 = -1
    var next: Int32 = -1
    var previous: Int32 = -1
    /// How many things point here by name, so that the place stays when it is empty.
    var pins: Int32 = 0
  }

  private let schema: Schema
  private(set) var all = [Place(parent: -1)]
  private var names = ByteIndex()
  private var normals = ByteIndex()
  /// The number in `normals` of each name.
  private var normalOfName: [UInt32] = []
  private var byName: [UInt64: Int32] = [:]
  private var free: [Int32] = []
  /// Places of raw names that were looked up lately: entries come in runs of siblings.
  private var recent = ByteIndex()
  private var recentPlaces: [Int32] = []
  /// Spellings of attribute types, and what the normal form of a name under each begins with.
  private var types = ByteIndex()
  private var prefixes: [[UInt8]] = []

  init(_ schema: Schema) { self.schema = schema }

  subscript(place: Int32) -> Place { all[Int(place)] }
  func parent(_ place: Int32) -> Int32 { all[Int(place)].parent }
  func entry(_ place: Int32) -> Int32 { all[Int(place)].entry }
  mutating func setEntry(_ place: Int32, _ entry: Int32) { all[Int(place)].entry = entry }

  // MARK: Looking up

  /// The place of a name; `nil` when nothing is known there.
  func find(_ name: DistinguishedName) -> Int32? {
    var place: Int32 = 0
    for rdn in name.rdns.reversed() {
      var text = rdn.normalForm(schema)
      guard let normal = text.withUTF8({ normals.find(UnsafeRawBufferPointer($0)) }),
        let child = byName[RolePlaces.key(place, UInt32(normal))]
      else { return nil }
      place = child
    }
    return place
  }

  /// The place of a name, made now if there is none.
  mutating func place(of name: UnsafeRawBufferPointer) -> Int32 {
    if name.allSatisfy({ $0 == UInt8(ascii: " ") }) { return 0 }
    if let known = recent.find(name) { return recentPlaces[known] }
    let (parent, rdn) = split(name)
    let place = child(of: parent, named: rdn)
    if recent.count > 4_096 { forgetRecent() }
    _ = recent.insert(name)
    recentPlaces.append(place)
    return place
  }

  mutating func place(of name: DistinguishedName) -> Int32 {
    var text = name.description
    return text.withUTF8 { place(of: UnsafeRawBufferPointer($0)) }
  }

  /// The place above a name, and the number of its relative name.
  mutating func split(_ name: UnsafeRawBufferPointer) -> (parent: Int32, rdn: UInt32) {
    let length = RawName.rdnLength(name)
    let parent = place(of: RawName.parent(name, rdnLength: length))
    return (parent, number(UnsafeRawBufferPointer(rebasing: name[..<length])))
  }

  /// The place below another with a relative name, made now if there is none.
  mutating func child(of parent: Int32, named name: UInt32) -> Int32 {
    if let known = child(parent, name) { return known }
    let place: Int32
    if let old = free.popLast() {
      place = old
      all[Int(place)] = Place(parent: -1)
    } else {
      place = Int32(all.count)
      all.append(Place(parent: -1))
    }
    attach(place, to: parent, named: name)
    return place
  }

  func child(_ parent: Int32, _ name: UInt32) -> Int32? {
    byName[RolePlaces.key(parent, normalOfName[Int(name)])]
  }

  /// Whether a place is the other or lies below it.
  func isAt(_ place: Int32, orBelow other: Int32) -> Bool {
    var place = place
    while place >= 0 {
      if place == other { return true }
      place = parent(place)
    }
    return false
  }

  /// The name of a place; `nil` when a part of it is no relative name.
  func name(of place: Int32) -> DistinguishedName? {
    var rdns: [RelativeDistinguishedName] = []
    var place = place
    while place > 0, parent(place) >= 0 {
      guard let rdn = try? RelativeDistinguishedName(parsing: names.text(Int(self[place].name))) else {
        return nil
      }
      rdns.append(rdn)
      place = parent(place)
    }
    return place == 0 ? DistinguishedName(rdns) : nil
  }

  /// A place and all below it.
  func forEachBelow(_ place: Int32, _ body: (Int32) -> Void) {
    var pending = [place]
    while let place = pending.popLast() {
      body(place)
      var child = self[place].firstChild
      while child >= 0 {
        pending.append(child)
        child = self[child].next
      }
    }
  }

  // MARK: Hanging

  /// Spells a place's name as another that is equal to it.
  mutating func rename(_ place: Int32, _ name: UInt32) { all[Int(place)].name = name }

  /// Takes a place with all below it out of the tree.
  mutating func detach(_ place: Int32) {
    let old = self[place]
    guard old.parent >= 0 else { return }
    byName[RolePlaces.key(old.parent, normalOfName[Int(old.name)])] = nil
    if old.previous >= 0 {
      all[Int(old.previous)].next = old.next
    } else {
      all[Int(old.parent)].firstChild = old.next
    }
    if old.next >= 0 { all[Int(old.next)].previous = old.previous }
    all[Int(place)].parent = -1
    all[Int(place)].next = -1
    all[Int(place)].previous = -1
    forgetRecent()
  }

  /// Hangs a place that is in no tree below another, where none may have the same name.
  mutating func attach(_ place: Int32, to parent: Int32, named name: UInt32) {
    let first = all[Int(parent)].firstChild
    all[Int(place)].parent = parent
    all[Int(place)].name = name
    all[Int(place)].previous = -1
    all[Int(place)].next = first
    if first >= 0 { all[Int(first)].previous = place }
    all[Int(parent)].firstChild = place
    byName[RolePlaces.key(parent, normalOfName[Int(name)])] = place
  }

  /// What came of joining two places.
  struct Merged {
    /// Entries that lost their place to another.
    var lost: [Int32] = []
    /// Entries that have got the place of the same name.
    var moved: [(entry: Int32, place: Int32)] = []
  }

  /// Hangs all that is below a place below another; what both have is joined, an entry of the other staying.
  mutating func merge(_ place: Int32, into other: Int32) -> Merged {
    var merged = Merged()
    merge(place, into: other, &merged)
    return merged
  }

  private mutating func merge(_ place: Int32, into other: Int32, _ merged: inout Merged) {
    all[Int(other)].pins += all[Int(place)].pins
    while self[place].firstChild >= 0 {
      let child = self[place].firstChild
      let name = self[child].name
      let entry = self[child].entry
      detach(child)
      guard let same = self.child(other, name) else {
        attach(child, to: other, named: name)
        continue
      }
      if entry >= 0, self[same].entry < 0 {
        all[Int(same)].entry = entry
        merged.moved.append((entry, same))
      } else if entry >= 0 {
        merged.lost.append(entry)
      }
      merge(child, into: same, &merged)
    }
    discard(place)
  }

  /// Drops a place at which nothing is, nothing hangs and nothing points, and those above it for which that holds then.
  mutating func prune(_ place: Int32) {
    var place = place
    while place > 0 {
      let one = self[place]
      guard one.entry < 0, one.firstChild < 0, one.pins == 0, one.parent >= 0 else { return }
      detach(place)
      free.append(place)
      place = one.parent
    }
  }

  private mutating func discard(_ place: Int32) {
    detach(place)
    all[Int(place)] = Place(parent: -1)
    free.append(place)
  }

  mutating func clearPins() { for place in all.indices { all[place].pins = 0 } }

  /// Drops all places that nothing needs.
  mutating func sweep() { for place in all.indices.dropFirst() { prune(Int32(place)) } }

  mutating func pin(_ place: Int32, _ count: Int32) { all[Int(place)].pins += count }

  private mutating func forgetRecent() {
    guard recent.count > 0 else { return }
    recent = ByteIndex()
    recentPlaces.removeAll()
  }

  private static func key(_ parent: Int32, _ normal: UInt32) -> UInt64 {
    UInt64(UInt32(bitPattern: parent)) << 32 | UInt64(normal)
  }
}

extension RolePlaces {
  /// The number of a relative name as written.
  mutating func number(_ rdn: UnsafeRawBufferPointer) -> UInt32 {
    let (number, isNew) = names.insert(rdn)
    if isNew { normalOfName.append(normal(rdn)) }
    return UInt32(number)
  }

  mutating func number(_ rdn: RelativeDistinguishedName) -> UInt32 {
    var text = rdn.description
    return text.withUTF8 { number(UnsafeRawBufferPointer($0)) }
  }

  /// The number of the form that is the same for names that a server holds equal.
  private mutating func normal(_ rdn: UnsafeRawBufferPointer) -> UInt32 {
    if let simple = simpleForm(rdn) { return UInt32(simple.withUnsafeBytes { normals.insert($0).number }) }
    let text = String(decoding: rdn, as: UTF8.self)
    // What is no name equals itself only.
    let form = (try? RelativeDistinguishedName(parsing: text))?.normalForm(schema) ?? text
    return UInt32(normals.insert(form).number)
  }

  /// The normal form of most names without parsing: words of ASCII and Latin-1 under a rule that ignores case.
  private mutating func simpleForm(_ rdn: UnsafeRawBufferPointer) -> [UInt8]? {
    guard let equals = rdn.firstIndex(of: UInt8(ascii: "=")), equals + 1 < rdn.count else { return nil }
    guard var form = prefix(UnsafeRawBufferPointer(rebasing: rdn[..<equals])), !form.isEmpty else {
      return nil
    }
    form.reserveCapacity(rdn.count + 8)
    var previous = UInt8(ascii: " ")
    for octet in rdn[(equals + 1)...] {
      if previous == 0xC3 {
        // The second octet of a letter of Latin-1 (`Å` is C3 85, `å` C3 A5); U+00D7 is no letter.
        guard (0x80...0xBF).contains(octet) else { return nil }
        form.append(octet < 0x9F && octet != 0x97 ? octet | 0x20 : octet)
      } else {
        let isPlain =
          octet &- 48 < 10 || octet | 0x20 &- 97 < 26 || octet == UInt8(ascii: "-")
          || octet == UInt8(ascii: ".")
        guard isPlain || octet == 0xC3 || (octet == UInt8(ascii: " ") && previous != octet) else {
          return nil
        }
        form.append(octet.asciiLowercased)
      }
      previous = octet
    }
    return previous == UInt8(ascii: " ") || previous == 0xC3 ? nil : form
  }

  /// The canonical type and `=`; empty for a type whose values are not text that ignores case.
  private mutating func prefix(_ type: UnsafeRawBufferPointer) -> [UInt8]? {
    if let known = types.find(type) { return prefixes[known] }
    guard types.count < 1_000 else { return nil }
    let text = String(decoding: type, as: UTF8.self)
    let isText = schema.attributeType(text) != nil && schema.equality(of: text) == .caseIgnore
    prefixes.append(isText ? Array(RoleValues.key(text, schema).utf8) + [UInt8(ascii: "=")] : [])
    _ = types.insert(type)
    return prefixes.last
  }
}
