import Directory
import LDAP

/// All targets of a configuration, read side by side.
package struct Targets: Sendable {
  package let targets: [any RoleTarget]

  package init(_ targets: [any RoleTarget]) { self.targets = targets }

  package var forms: [RoleTargetForm] { targets.map(\.form) }

  /// What each of them holds, or why it could not be read: one that is away stops no other.
  package func held() async -> Reading {
    await read { (target) async throws(RoleTargetFault) in try await target.held() }
  }

  /// The same of some persons, and of who is known by some names (``RoleTarget/held(of:named:)``).
  package func held(of persons: Set<HSAIdentity>, named names: [DistinguishedName] = []) async -> Reading {
    await read { (target) async throws(RoleTargetFault) in try await target.held(of: persons, named: names) }
  }

  private func read(
    _ held: @escaping @Sendable (any RoleTarget) async throws(RoleTargetFault) -> HeldRoles
  ) async -> Reading {
    await withTaskGroup(of: (String, Result<HeldRoles, RoleTargetFault>).self) { group in
      for target in targets {
        group.addTask {
          do throws(RoleTargetFault) {
            return (target.form.name, .success(try await held(target)))
          } catch {
            return (target.form.name, .failure(error))
          }
        }
      }
      return await group.reduce(into: Reading()) { $0.take($1.1, of: $1.0) }
    }
  }

  package func close() async {
    for target in targets { await target.close() }
  }

  /// The same, and their connections ended: for who looks once.
  package func reading() async -> Reading {
    let reading = await held()
    await close()
    return reading
  }

  /// What was read of all targets.
  package struct Reading: Sendable {
    package private(set) var held: [String: HeldRoles] = [:]
    package private(set) var faults: [String: RoleTargetFault] = [:]

    package init() {}

    fileprivate mutating func take(_ result: Result<HeldRoles, RoleTargetFault>, of name: String) {
      switch result {
      case .success(let roles): held[name] = roles
      case .failure(let fault): faults[name] = fault
      }
    }
  }
}
