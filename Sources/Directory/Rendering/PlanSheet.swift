import LDAP

/// A plan as people may see it, piece by piece, for whoever sets it otherwise than in lines: a page.
///
/// What may not be shown is not in it: personal numbers are masked, and of a protected person there is the HSA-id alone.
package struct PlanSheet: Sendable {
  package struct Group: Sendable {
    /// `nil` where nothing is known of places.
    package var heading: String?
    package var changes: [Item]
  }

  package struct Item: Sendable {
    package var number: Int
    package var action: Change.Action
    /// The kind in a word.
    package var kind: String
    package var identity: String
    /// What people call it; `nil`: it may not be told.
    package var label: String?
    package var position: SourcePosition?
    package var isByAbsence: Bool
    package var values: [Values]
    /// Where the entry lies and will lie, where that becomes another.
    package var from: String?
    package var to: String?
  }

  /// What goes and comes in one attribute.
  package struct Values: Sendable {
    package var attribute: String
    package var removed: [String]
    package var added: [String]
  }

  package struct Role: Sendable {
    package var person: String
    package var label: String?
    package var direction: RoleChange.Direction
    package var role: String
    package var target: String
    package var cause: RoleChange.Cause?
  }

  /// A guard that has tripped: what it counted, and what is likely to be the cause.
  package struct Guard: Sendable {
    package var line: String
    package var cause: String?
  }

  package var groups: [Group]
  package var roles: [Role]
  package var guards: [Guard]

  package init(_ plan: Plan, profile: Profile, language: Language) {
    let disclosure = Disclosure(of: plan, profile: profile)
    let names = PlaceNames(plan, disclosure: disclosure)
    let setter = Setter(disclosure: disclosure, names: names, language: language)
    groups = PlanGroups(plan.changes, names: names).groups.map { group in
      let heading = group.place.map { place in
        let heading = PlaceHeading(place, names: names, language: language)
        return [heading.title, heading.identity, heading.provider].compactMap { $0 }.joined(separator: " · ")
      }
      return Group(heading: heading, changes: group.changes.map { setter.item(plan.changes[$0]) })
    }
    roles = (plan.roles?.changes ?? []).map { change in
      Role(
        person: change.person.text, label: change.isProtected ? nil : change.label.map(PersonalNumber.masked),
        direction: change.direction, role: change.role, target: change.target, cause: change.cause)
    }
    let text = GuardText(language, plan: plan)
    guards = plan.tripped.map { Guard(line: text.line($0), cause: text.cause($0)) }
  }

  private struct Setter {
    let disclosure: Disclosure
    let names: PlaceNames
    let language: Language

    func item(_ change: Change) -> Item {
      let label = ChangeText.label(of: change, disclosure)
      let isMoved = change.newDN != nil && !change.isProtected
      return Item(
        number: change.id + 1, action: change.action, kind: change.kind.word(language),
        identity: change.identity.text, label: label.isEmpty ? nil : label, position: change.position,
        isByAbsence: change.isByAbsence, values: change.isProtected ? [] : change.differences.map(values),
        from: isMoved ? disclosure.name(change.dn) : nil,
        to: isMoved ? change.newDN.map(disclosure.name) : nil)
    }

    private func values(_ difference: Change.Difference) -> Values {
      Values(
        attribute: difference.attribute,
        removed: difference.removed.sorted().map { text($0, difference.attribute) },
        added: difference.added.sorted().map { text($0, difference.attribute) })
    }

    private func text(_ value: Value, _ attribute: String) -> String {
      switch disclosure.shown(value, of: attribute) {
      case .text(let text): text
      case .personalNumber: language.say("<personal number>", "<personnummer>")
      case .protected(let identity): identity.text
      case .bytes(let bytes): language.say("\(bytes.count) octets", "\(bytes.count) oktetter")
      }
    }
  }
}
