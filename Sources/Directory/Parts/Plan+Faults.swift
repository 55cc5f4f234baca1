/// Where one row that does not fit the directory must not keep all others from being done.
extension Plan {
  /// Whose rows have errors.
  package var faulty: Set<HSAIdentity> {
    Set(findings.filter { $0.severity == .error }.compactMap(\.subject))
  }

  /// Leaves out what the rows with errors want; what ends by their word ends. The errors are warnings then: of this plan
  /// nothing is wrong. Errors of nobody in particular stay what they are.
  ///
  /// For a plan whose roles and guards are still to be worked out.
  package func settingFaultsAside() -> Plan {
    let faulty = faulty
    guard !faulty.isEmpty else { return self }
    var plan = subset(excluding: part ?? "") { faulty.contains($0.identity) && !$0.isEnding }
    plan.part = part
    plan.findings = findings.map { finding in
      guard let subject = finding.subject, faulty.contains(subject) else { return finding }
      var finding = finding
      finding.severity = .warning
      return finding
    }
    return plan
  }
}
