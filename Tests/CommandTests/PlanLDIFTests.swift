import Directory
import LDAP
import TestKit
import Testing

@Suite struct PlanLDIFTests {
  private func records(_ plan: Plan) throws -> [LDIFRecord] {
    try LDIF.records(in: PlanLDIF(plan, profile: SamplePlan.profile).bytes)
  }

  @Test func `a plan with every action is the same file every time`() throws {
    try Golden(name: "every-action.ldif").expect(
      String(decoding: PlanLDIF(SamplePlan.everyAction(), profile: SamplePlan.profile).bytes, as: UTF8.self))
  }

  @Test func `the records are the plan's operations in its order`() throws {
    let plan = try SamplePlan.everyAction()
    let operations = try records(plan).map { record -> WriteOperation in
      switch record {
      case .change(let operation, _): operation
      case .content(let entry): .add(entry)
      }
    }
    #expect(operations == plan.changes.map(\.operation))
  }

  @Test func `every record but an add and a unique value's carries its condition as a critical assertion`()
    throws
  {
    let plan = try SamplePlan.everyAction()
    var without = 0
    for (record, change) in zip(try records(plan), plan.changes) {
      guard case .change(_, let controls) = record else { continue }
      let expected = change.precondition.assertion.map {
        LDIFControl(
          oid: "1.3.6.1.1.12", criticality: true, value: Control.assertion(PlanLDIFTests.simple($0)).value)
      }
      if case .modify(_, let modifications) = change.operation,
        modifications.contains(where: { $0.attribute == "mail" })
      {
        #expect(controls == [])
        without += 1
        continue
      }
      #expect(controls == [expected].compactMap(\.self))
    }
    #expect(without == 1)
  }

  /// An "and" of one clause is that clause.
  private static func simple(_ filter: Filter) -> Filter {
    if case .and(let parts) = filter, parts.count == 1 { parts[0] } else { filter }
  }

  @Test func `the CSN is asserted by the first write to an entry only, which makes another`() throws {
    var plan = try SamplePlan.everyAction()
    for index in [7, 8] {
      plan.changes[index].precondition.entryUUID = plan.changes[7].precondition.entryUUID
      plan.changes[index].precondition.assertion = .equal("sn", "Ek")
      plan.changes[index].precondition.entryCSN = "20260601080000.000000Z#000000#000#000000"
    }
    let found = try records(plan)[7...8].map { record -> Int in
      guard case .change(_, let controls) = record else { return 0 }
      return controls.reduce(0) {
        $0 + String(decoding: $1.value ?? [], as: UTF8.self).split(separator: "entryCSN").count - 1
      }
    }
    #expect(found == [1, 0])
  }

  @Test func `hostile places in comments begin no record`() throws {
    var plan = try SamplePlan.hostile()
    // No schema has an attribute of such a name; LDIF could not carry it.
    guard case .modify(let dn, let modifications) = plan.changes[0].operation else {
      Issue.record("the sample has changed")
      return
    }
    plan.changes[0].operation = .modify(dn, modifications.filter { !$0.attribute.hasPrefix("mail") })
    let found = try records(plan)
    #expect(found.count == 1)
    guard case .change(let operation, _) = found[0] else {
      Issue.record("not a change record")
      return
    }
    #expect(operation == plan.changes[0].operation)
  }

  @Test func `a plan with changes by absence, or with errors, is not given as LDIF`() throws {
    #expect(
      try obstacle(SamplePlan.withAbsence())
        == .guards([GuardVerdict(.firstAbsence, .everything, .tripped, count: 2)]))
    #expect(try obstacle(SamplePlan.everyAction(findings: [Finding("x", subject: nil, "y")])) == .findings(1))
    #expect(try obstacle(SamplePlan.everyAction()) == nil)
  }

  private func obstacle(_ plan: Plan) -> Plan.Obstacle? {
    do {
      _ = try PlanLDIF(plan, profile: SamplePlan.profile)
      return nil
    } catch {
      return error.obstacle
    }
  }
}
