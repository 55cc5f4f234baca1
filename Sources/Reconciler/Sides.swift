import Directory
import Foundation
import LDAP

/// What is wanted and what is there, side by side while the directory is read.
struct Sides: Sendable {
  private(set) var comparison: Comparison
  /// The roles that follow from what is read, where there are rules.
  private(set) var derivation: RoleDerivation?
  private let loaded: LoadedDesired
  private let configuration: Configuration
  private let schema: Schema
  private let instant: Date

  init(
    _ loaded: LoadedDesired, _ configuration: Configuration, _ schema: Schema, _ instant: Date,
    _ scope: Comparison.Scope?, history: History? = nil, horizon: Double? = nil,
    like index: DesiredIndex? = nil, derivation: RoleDerivation? = nil
  ) {
    self.loaded = loaded
    self.configuration = configuration
    self.schema = schema
    self.instant = instant
    self.derivation = derivation
    comparison = Comparison(
      desired: loaded.state, profile: configuration.profile, management: configuration.management,
      schema: schema, base: configuration.base, instant: instant, scope: scope,
      history: history, horizon: horizon, summary: loaded.summary, like: index)
  }

  /// What differs, but for what delegated administrators may not have written.
  func plan(proof: ReadProof) -> Plan {
    let plan = comparison.plan(proof: proof)
    return keepingAside(plan).within(PlanScope(loaded.state.sources, profile: configuration.profile))
  }

  /// Ends nobody whom a file may speak for that is left aside for its faults.
  private func keepingAside(_ plan: Plan) -> Plan {
    guard !loaded.aside.isEmpty else { return plan }
    var kept = plan.subset(excluding: plan.part ?? "") { change in
      change.isByAbsence && loaded.aside.contains { $0.covers(change.place) }
    }
    kept.part = plan.part
    return kept
  }

  mutating func take(_ batch: EntryTable) {
    comparison.take(batch)
    derivation?.take(batch)
  }

  /// What the entries as they were read mean for roles, held against what targets have.
  func forecast(_ reading: Targets.Reading, _ forms: [RoleTargetForm], proof: ReadProof, isProposed: Bool)
    -> RoleForecast?
  {
    guard var derivation else { return nil }
    derivation.derive(at: instant)
    return RoleForecast(
      derivation: derivation, held: reading.held.values.sorted { $0.target < $1.target },
      faults: reading.faults.mapValues(\.description), forms: forms, proofIsComplete: proof.isComplete,
      isProposed: isProposed)
  }

  /// All that is wrong with what is wanted, now that it is known what is there.
  ///
  /// - Parameter offline: what was found while that was not known yet; it stands when it leaves nothing open, and
  ///   a plan need not wait for a second look at a hundred thousand rows.
  func check(after offline: [Finding]) -> [Finding] {
    guard offline.contains(where: \.dependsOnDirectory) else { return (loaded.findings + offline).inOrder }
    let observed = comparison.observedIdentities()
    return (loaded.findings + configuration.check(loaded.state, schema, instant, observed: observed)).inOrder
  }
}

extension Configuration {
  /// All that is wrong with what is wanted.
  func check(
    _ state: DesiredState, _ schema: Schema, _ instant: Date, observed: ByteIndex? = nil
  ) -> [Finding] {
    state.check(
      profile: profile, management: management, schema: schema, instant: instant, observed: observed)
  }

  /// What is known of classes and attributes without asking a server.
  func offlineSchema() throws(Refusal) -> Schema {
    var texts: [String] = []
    for path in schema {
      do throws(Findings) {
        let bytes = try RegularFile.contents(of: path, limit: 16 << 20)
        texts.append(String(decoding: bytes, as: UTF8.self))
      } catch {
        throw Refusal(
          .configurationWrong, .configurationWrong, "a schema file cannot be read", findings: error.all)
      }
    }
    guard !texts.isEmpty else { return .standard }
    do throws(Schema.SyntaxError) {
      return Schema.standard.merging(try Schema.parsing(slapdSchema: texts))
    } catch {
      throw Refusal(
        .configurationWrong, .configurationWrong, "the schema files have faults: \(error)",
        advice: "give them to slaptest, which names the line")
    }
  }

  var applySettings: Applier.Settings {
    var settings = Applier.Settings()
    settings.window = apply.window
    settings.errors = apply.errors
    return settings
  }
}
