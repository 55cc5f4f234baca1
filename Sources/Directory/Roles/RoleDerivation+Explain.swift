extension RoleDerivation {
  /// Why a person holds what the person holds, and why not what the person does not hold.
  ///
  /// - Parameter role: only rules that give it, or could; `nil`: all.
  package func explain(_ person: HSAIdentity, role: String? = nil) -> RoleExplanation {
    var explanation = RoleExplanation(person, role: role, at: instant)
    explanation.fault = entries.fault(ofPerson: person, at: moment)
    let twins = entries.identities.find(person.text).map { entries.twins(of: Int32($0)) } ?? []
    explanation.isProtected =
      protectedByDesired.contains(person) || twins.contains { entries[$0].marks.contains(.isProtected) }
    guard let number = number(person) else { return explanation }
    var explainer = RoleExplainer(self, number, role: role)
    for rule in rules.rules.indices where explainer.mayGive(rule) { explainer.explain(rule) }
    explanation.given = explainer.given.sorted { left, right in
      [left.assignment, right.assignment].inOrder.first == left.assignment
        && left.assignment != right.assignment
    }
    explanation.missing = explainer.missing
    return explanation
  }
}
