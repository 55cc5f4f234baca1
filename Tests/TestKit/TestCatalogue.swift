import Directory
import Foundation
import LDAP

/// The catalogue that planning is tested against: the shipped schema and a profile made by hand.
package enum TestCatalogue {
  package static let schema: Schema = {
    let text =
      (try? String(contentsOf: Repository.root.appending(path: "schemas/hsa.schema"), encoding: .utf8)) ?? ""
    return Schema.standard.merging((try? Schema.parsing(slapdSchema: [text])) ?? Schema.standard)
  }()

  package static let profile = Profile(
    name: "test",
    kinds: [
      (.commission, .init(recognise: ["hsaCommission"], classes: ["top", "hsaCommission"], naming: "cn")),
      (
        .person,
        .init(
          recognise: ["person"], classes: ["top", "person", "hsaPersonExtension"], naming: "cn",
          templates: [("cn", Template(parts: [.attribute("fullName")]))])
      ),
      (
        .function,
        .init(recognise: ["organizationalRole"], classes: ["top", "organizationalRole"], naming: "cn")
      ),
      (.organisation, .init(recognise: ["organization"], classes: ["top", "organization"], naming: "o")),
      (
        .unit, .init(recognise: ["organizationalUnit"], classes: ["top", "organizationalUnit"], naming: "ou")
      ),
    ],
    references: ["hsacommissionmember": .memberPeriod, "manager": .name], unique: ["hsaIdentity", "mail"],
    personalNumbers: ["personalidentitynumber"], correlation: ["personalIdentityNumber"])

  package static let management = Management([
    .unit: KindManagement(absent: .keep, own: ["ou", "telephoneNumber"]),
    .person: KindManagement(
      absent: .deactivate,
      own: ["sn", "mail", "title", "telephoneNumber", "endDate", "givenName", "manager"],
      create: ["fullName", "cn"], merge: ["description"]),
    .commission: KindManagement(absent: .keep, own: ["cn", "hsaCommissionPurpose", "hsaCommissionMember"]),
  ])

  package static let instant = Date(timeIntervalSince1970: 1_795_000_000)  // 2026-11-18
  package static let proof = ReadProof(
    method: .search, origin: "memory", authorizationIdentity: "dn:test", finished: true)
}
