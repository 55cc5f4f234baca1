import LDAP

extension DesiredCheck {
  /// Checks one attribute of a row.
  mutating func check(_ rule: AttributeRule, _ place: ValuePlace, _ table: EntryTable.Rows) {
    let kind = state.rows[place.row].kind
    let values = table.values(of: place.attribute)
    guard rule.isKnown else { return reportUnknown(rule, place, table) }
    if rule.isRemoval {
      if !rule.merged.contains(kind) { reportRemoval(rule, place, table) }
      return
    }
    if !rule.welcome.contains(kind), !isClasses(table.name(of: place.attribute), place.row) {
      reportUnmanaged(rule, place, table)
    }
    if values.count > 1 { checkSeveral(rule, place, values, table) }
    for (ordinal, value) in values.enumerated() {
      var place = place
      place.value = ordinal
      check(table.bytes(of: value), rule, place, table)
    }
  }

  /// Records of LDIF have their object classes by nature; only a row that names some wants something of them.
  private func isClasses(_ name: Int, _ row: Int) -> Bool {
    name == DesiredState.classesName && state.rows[row].hasName
  }

  private mutating func check(
    _ octets: UnsafeRawBufferPointer, _ rule: AttributeRule, _ place: ValuePlace, _ table: EntryTable.Rows
  ) {
    if octets.isEmpty {
      return report("empty-value", place, table, "a value of `\(name(rule))` is empty", "leave it out")
    }
    if rule.reference == .name, !octets.contains(0x3D) {
      // An entry that is referred to by name may be written by its HSA-id: the plan knows the name.
      return checkReference(octets, .identity, rule, place, table)
    }
    let isPlain = rule.syntax == .text && octets.isPrintableASCII
    if !isPlain, let wanted = rule.syntax.fault(in: octets) {
      return report(
        "wrong-syntax", place, table, "a value of `\(name(rule))` is not \(wanted)",
        "correct the value; the server refuses it")
    }
    if rule.syntax == .time { checkTime(octets, rule, place, table) }
    if rule.syntax.isReadable, !isPlain { checkControls(octets, rule, place, table) }
    if let limit = rule.maximumLength, octets.count > limit { checkLength(octets, limit, rule, place, table) }
    if rule.isIdentity { checkForm(octets, rule, place, table) }
    if rule.isPersonalNumber { checkNumber(octets, rule, place, table) }
    if let form = rule.reference { checkReference(octets, form, rule, place, table) }
    if rule.isUnique, !rule.isIdentity { checkUnique(octets, rule, place, table) }
  }

  private mutating func checkTime(
    _ octets: UnsafeRawBufferPointer, _ rule: AttributeRule, _ place: ValuePlace, _ table: EntryTable.Rows
  ) {
    if CivilTime.isInstant(octets) { return }
    do throws(CivilTime.Fault) {
      _ = try CivilTime.instant(generalizedTime: String(decoding: octets, as: UTF8.self))
    } catch {
      let (code, message, _) = error.explanation
      report(
        code, place, table, "`\(name(rule))`: \(message)",
        "write it as `20260131230000Z`; in YAML files also as `2026-01-31`, a day in Sweden")
    }
  }

  private mutating func checkControls(
    _ octets: UnsafeRawBufferPointer, _ rule: AttributeRule, _ place: ValuePlace, _ table: EntryTable.Rows
  ) {
    guard octets.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 }) else { return }
    let isC1 = zip(octets, octets.dropFirst()).contains { $0 == 0xC2 && $1 < 0xA0 }
    if isC1 || octets.contains(where: { ($0 < 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09) || $0 == 0x7F })
    {
      report(
        "control-character", place, table, "a value of `\(name(rule))` holds a control character", "remove it"
      )
    } else if octets.contains(where: { $0 < 0x20 }) {
      report(
        "line-break", .warning, place, table, "a value of `\(name(rule))` holds a line break or tab",
        "write it on one line, or with `>-` instead of `|`; addresses have `$` between lines")
    }
  }

  private mutating func checkLength(
    _ octets: UnsafeRawBufferPointer, _ limit: Int, _ rule: AttributeRule, _ place: ValuePlace,
    _ table: EntryTable.Rows
  ) {
    // Characters as people count them in a form: code points, a letter and its accent being one when composed.
    let characters = octets.count { $0 & 0xC0 != 0x80 }
    if characters > limit {
      report(
        "too-long", place, table,
        "a value of `\(name(rule))` has \(characters) characters, more than \(limit)", "shorten it")
    } else {
      report(
        "too-long-octets", .warning, place, table,
        "a value of `\(name(rule))` has \(octets.count) octets, more than \(limit), though fewer characters",
        "shorten it if the server counts octets")
    }
  }

  private mutating func checkForm(
    _ octets: UnsafeRawBufferPointer, _ rule: AttributeRule, _ place: ValuePlace, _ table: EntryTable.Rows
  ) {
    guard !HSAIdentity.isWellFormed(octets, prefixes: profile.identityPrefixes) else { return }
    report(
      "wrong-identity", place, table, "`\(name(rule))` does not have the form of an HSA-id",
      "copy it from the catalogue: `SE`, ten digits, `-`, then letters A-Z and digits, 31 characters at most")
  }

  private mutating func checkNumber(
    _ octets: UnsafeRawBufferPointer, _ rule: AttributeRule, _ place: ValuePlace, _ table: EntryTable.Rows
  ) {
    do throws(PersonalNumber.Fault) {
      _ = try PersonalNumber.form(of: octets, today: today)
    } catch {
      let (message, advice) =
        switch error {
        case .form:
          (
            "has none of the forms of a personal, coordination or reserve number",
            "write twelve characters, no hyphen"
          )
        case .date: ("has a date that does not exist or has not come", "look it up again")
        case .checkDigit: ("has a wrong check digit", "look it up again; digits were probably swapped")
        }
      report("wrong-personal-number", place, table, "the number in `\(name(rule))` \(message)", advice)
    }
  }

  private mutating func checkSeveral(
    _ rule: AttributeRule, _ place: ValuePlace, _ values: Range<Int>, _ table: EntryTable.Rows
  ) {
    var place = place
    if rule.isSingleValue {
      place.value = 1
      return report(
        "single-valued", place, table,
        "`\(name(rule))` can have one value only, and \(values.count) are written",
        "keep one of them")
    }
    if let last = lastSeveral[rule.index], hasSameOctets(values, table.values(of: last), table) { return }
    let before = findings.count
    defer { if findings.count == before { lastSeveral[rule.index] = place.attribute } }
    var seen = ByteIndex(capacity: values.count)
    for (ordinal, value) in values.enumerated() {
      let normal = rule.equality.normalForm(table.bytes(of: value), schema: schema)
      guard !normal.withUnsafeBytes({ seen.insert($0).isNew }) else { continue }
      place.value = ordinal
      report(
        "value-twice", .warning, place, table, "a value of `\(name(rule))` is written twice",
        "keep one of them")
    }
  }

  private func hasSameOctets(_ values: Range<Int>, _ others: Range<Int>, _ table: EntryTable.Rows) -> Bool {
    values.count == others.count
      && zip(values, others).allSatisfy { ValueSets.same(table.bytes(of: $0), table.bytes(of: $1)) }
  }

  private mutating func checkUnique(
    _ octets: UnsafeRawBufferPointer, _ rule: AttributeRule, _ place: ValuePlace, _ table: EntryTable.Rows
  ) {
    let attribute = table.name(of: place.attribute)
    var known = uniqueValues.removeValue(forKey: attribute) ?? (ByteIndex(foldingCase: true), [])
    defer { uniqueValues[attribute] = known }
    let (number, isNew) = known.index.insert(octets)
    if isNew { return known.first.append((place.row, place.attribute, place.value ?? 0)) }
    let first = known.first[number]
    guard first.row != place.row else { return }
    let other = position(ValuePlace(row: first.row, attribute: first.attribute, value: first.value), table)
    report(
      "not-unique", place, and: other, table,
      "two rows have the same value of `\(name(rule))`, which must be unique",
      "decide which of the two has it")
  }
}

extension DesiredCheck {
  private mutating func reportUnknown(_ rule: AttributeRule, _ place: ValuePlace, _ table: EntryTable.Rows) {
    let managed = management.kinds.values.flatMap { $0.own + $0.create + $0.merge }
    let suggestion =
      Spelling.suggestion(for: name(rule), among: managed)
      ?? Spelling.suggestion(for: name(rule), among: schema.attributeTypes.lazy.map(\.name))
    report(
      "unknown-attribute", place, table, "the schema has no attribute \(Spelling.shown(name(rule)))",
      suggestion.map { "did you mean `\($0)`?" } ?? "look the name up in the schema")
  }

  private mutating func reportUnmanaged(_ rule: AttributeRule, _ place: ValuePlace, _ table: EntryTable.Rows)
  {
    let kind = state.rows[place.row].kind.rawValue
    report(
      "not-managed-attribute", .warning, place, table,
      "`manage` does not have `\(name(rule))` for the kind `\(kind)`: what is written here has no effect",
      "remove it, or add it to `own`, `create` or `merge`")
  }

  private mutating func reportRemoval(_ rule: AttributeRule, _ place: ValuePlace, _ table: EntryTable.Rows) {
    report(
      "remove-not-merged", place, table, "`remove` names `\(name(rule))`, which is not merged for this kind",
      "an owned attribute loses what its row does not list; add the attribute to `merge` otherwise")
  }
}
