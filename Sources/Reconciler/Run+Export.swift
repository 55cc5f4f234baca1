import Directory
import LDAP

extension Run {
  /// What the directory has of what is managed, as a desired state whose plan is empty.
  ///
  /// - Throws: ``Refusal`` when not everything was seen: who took a part for the whole would end the rest.
  package func export() async throws -> (export: Export, proof: ReadProof) {
    try await withObserver { observer in
      let result = try await observer.read(exportQuestion, progress: progress) {
        Export(
          profile: configuration.profile, management: configuration.management, schema: observer.schema)
      } take: {
        $0.take($1)
      }
      guard result.proof.isComplete else {
        throw Refusal(
          .incompleteRead, .directoryUnavailable, "the read did not see everything, and a part is no export",
          advice: "see with `hsasync check --server` what the server allows the agent")
      }
      return (result.content, result.proof)
    }
  }

  private var exportQuestion: Observer.Question {
    let profile = configuration.profile
    var names: Set<String> = [profile.identity, "objectClass"]
    for (kind, managed) in configuration.management.kinds {
      names.formUnion(managed.own + managed.create + managed.merge)
      if let naming = profile[kind]?.naming { names.insert(naming) }
    }
    return Observer.Question(filter: Comparison.filter(profile), attributes: names.sorted())
  }
}
