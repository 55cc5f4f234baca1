import Directory
import LDAP

/// What content sync has told of the directory, in place of the directory: the whole of it, or some entries.
package struct IndexView: Sendable {
  package let index: TreeIndex
  package let schema: Schema
  package let rootDSE: RootDSE
  /// What the index is worth, of which whoever follows the directory has assured itself.
  package var proof: ReadProof
  /// Which entries are looked at; `nil`: all.
  package var numbers: [Int64]?

  /// - Parameter proof: of the index as a whole, also where only some entries are looked at.
  package init(
    _ index: TreeIndex, schema: Schema, rootDSE: RootDSE, proof: ReadProof, numbers: [Int64]? = nil
  ) {
    self.index = index
    self.schema = schema
    self.rootDSE = rootDSE
    self.proof = proof
    self.numbers = numbers
  }

  /// Hands the entries over, as ``Observer/read(_:progress:begin:take:)`` does; the question is the index's binding.
  ///
  /// The proof counts all entries of the index, so that a part is measured as the whole is.
  func read<Content>(
    progress: ProgressReport, begin: () async throws -> Content,
    take: (inout Content, EntryTable) throws -> Void
  ) async throws -> (content: Content, proof: ReadProof) {
    let clock = ContinuousClock()
    let started = clock.now
    var content = try await begin()
    var proof = proof
    var count = 0
    try index.entries(numbers) { batch in
      count += batch.count
      try take(&content, batch)
    }
    proof.entries = try numbers == nil ? count : index.count
    progress(.read(proof, elapsed: clock.now - started))
    return (content, proof)
  }
}
