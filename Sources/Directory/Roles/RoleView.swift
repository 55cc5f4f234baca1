/// What a derivation says, as far as a forecast asks it.
struct RoleView {
  /// Everybody who holds something.
  let holders: [HSAIdentity]
  /// In order, as all that follow.
  let assignments: (HSAIdentity) -> [Assignment]
  let regardlessOfTime: (HSAIdentity) -> [Assignment]
  /// What rules gave and constraints refused.
  let refused: (HSAIdentity) -> [Assignment]
  let evidence: (Assignment) -> [RoleEvidence]
  let person: (HSAIdentity) -> RolePerson?
}

extension RoleView {
  init(_ derivation: RoleDerivation) {
    self.init(
      holders: derivation.holders, assignments: { derivation.assignments(of: $0) },
      // What has not begun yet has ended nothing.
      regardlessOfTime: { person in
        derivation.assignmentsRegardlessOfTime(of: person)
          .filter { $0.from.map { $0 <= derivation.instant } ?? true }
      },
      refused: { derivation.refused(of: $0).map(\.assignment) },
      evidence: { derivation.evidence(for: $0) }, person: { derivation.person($0) })
  }

  /// What a person is to hold at a target, by the value's normal form.
  func wanted(by form: RoleTargetForm, of person: HSAIdentity) -> [String: WantedRole] {
    let assignments = assignments(person)
    return assignments.isEmpty ? [:] : WantedRole.merged(assignments, by: form)
  }
}

/// One value at a target, with all the assignments that give it.
struct WantedRole {
  let value: String
  /// In order.
  private(set) var assignments: [Assignment]

  /// Assignments by the value that a target has for them, in normal form; those that it has none for are left out.
  ///
  /// - Parameter assignments: in order; the first says how the value is written.
  static func merged(_ assignments: [Assignment], by form: RoleTargetForm) -> [String: WantedRole] {
    var wanted: [String: WantedRole] = [:]
    for assignment in assignments {
      guard let value = form.value(of: assignment) else { continue }
      wanted[RoleName.normalForm(value), default: WantedRole(value: value, assignments: [])]
        .assignments.append(assignment)
    }
    return wanted
  }

  /// From the first that begins to the last that ends.
  var period: RolePeriod { RolePeriod(assignments) }
}
