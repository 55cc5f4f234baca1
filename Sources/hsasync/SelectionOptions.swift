import ArgumentParser
import Directory

/// Which changes of a plan; what they come after is taken along, and what comes after one that is left out is left out.
struct SelectionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only changes of these entries, separated by commas.", valueName: "hsaid"))
  var only: String?

  @Option(help: ArgumentHelp("No changes of these entries.", valueName: "hsaid"))
  var except: String?

  @Option(help: ArgumentHelp("Only changes of these kinds, separated by commas.", valueName: "kind"))
  var kind: String?

  @Flag(help: "Only endings by positive evidence, which no guard but their ceiling and the clocks hold back.")
  var endings = false

  @Flag(help: "No deletions.")
  var noDeletions = false

  func validate() throws {
    _ = try kinds()
    if only != nil && identities(only).isEmpty || except != nil && identities(except).isEmpty {
      throw ValidationError("--only and --except take HSA-ids, separated by commas.")
    }
  }

  /// What is chosen of a plan.
  ///
  /// - Throws: `ValidationError` when an HSA-id has no change in it: a misspelt one must not silently choose nothing.
  func choose(from plan: Plan) throws -> Plan {
    var plan = plan
    let known = Set(plan.changes.map(\.identity) + (plan.roles?.changes.map(\.person) ?? []))
    if let strange = (identities(only) + identities(except)).first(where: { !known.contains($0) }) {
      throw ValidationError("The plan has no change of \(VisibleText(strange.text).text).")
    }
    if endings {
      plan = plan.split().endings ?? plan.subset("endings") { _ in false }
      plan.part = "endings"
    }
    if only != nil {
      let wanted = Set(identities(only))
      plan = plan.subset("only \(VisibleText(only ?? "").text)") { wanted.contains($0.identity) }
    }
    if let kinds = try kinds() {
      plan = plan.subset("kind \(kinds.map(\.rawValue).sorted().joined(separator: ","))") {
        kinds.contains($0.kind)
      }
    }
    if except != nil {
      let unwanted = Set(identities(except))
      plan = plan.subset(excluding: "except \(VisibleText(except ?? "").text)") {
        unwanted.contains($0.identity)
      }
    }
    return noDeletions ? plan.withoutDeletions : plan
  }

  /// Those who are chosen by name, whose roles are chosen with them.
  var persons: Set<HSAIdentity> { Set(identities(only)) }

  private func identities(_ text: String?) -> [HSAIdentity] {
    (text ?? "").split(separator: ",").map { HSAIdentity($0.trimmingCharacters(in: .whitespaces)) }
      .filter { !$0.text.isEmpty }
  }

  private func kinds() throws -> Set<Kind>? {
    guard let kind else { return nil }
    let words = kind.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    return Set(
      try words.map { word in
        if let kind = Kind(rawValue: word) { return kind }
        let all = Kind.allCases.map(\.rawValue)
        let hint = Spelling.suggestion(for: word, among: all).map { "did you mean \($0)?" }
        throw ValidationError(
          "There is no kind \(VisibleText(quoting: word).text); \(hint ?? "kinds are " + all.joined(separator: ", ") + ".")"
        )
      })
  }
}

extension Plan {
  /// The plan with its deletions, and what stands on them, left out.
  var withoutDeletions: Plan { subset(excluding: "without deletions") { $0.action == .delete } }
}
