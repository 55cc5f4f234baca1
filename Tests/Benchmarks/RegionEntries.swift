import LDAP

/// The entries of a region, as the desired state has them.
extension Region {
  func unitEntry(_ unit: Int) -> Entry {
    var seed = Seed(seed, 3, unit)
    var entry = Entry(dn: name(of: unit))
    let isCareUnit = unit % 5 == 0
    entry["objectClass"] =
      ["top", "organizationalUnit", "hsaOrganizationalUnitExtension"]
      + (isCareUnit ? ["hsaHealthCareUnit"] : [])
    entry["ou"] = [Value(title(of: unit))]
    entry["hsaIdentity"] = [Value(Region.identity("1", unit))]
    entry["telephoneNumber"] = [telephone(&seed)]
    entry["mail"] = [Value("enhet\(unit)@regionexempel.example")]
    entry["startDate"] = [start(&seed)]
    entry["hsaBusinessType"] = ["02"]
    entry["careType"] = ["01"]
    entry["hsaVisitingAddress"] = [
      Value("Storgatan \(unit % 97 + 1)$\(seed.number(below: 90_000) + 10_000) \(seed.pick(Words.towns))")
    ]
    entry["surgeryHours"] = ["1-4#08:00#17:00", "5-5#08:00#15:00"]
    entry["dropInHours"] = ["1-5#07:30#10:00"]
    entry["hsaSweref99Latitude"] = [Value("\(6_500_000 + seed.number(below: 99_999))")]
    entry["hsaSweref99Longitude"] = [Value("\(600_000 + seed.number(below: 99_999))")]
    if isCareUnit { entry["hsaResponsibleHealthCareProvider"] = [Value("\(Region.organisation)-1000")] }
    return entry
  }

  /// - Parameters:
  ///   - unit: the unit below which the entry lies
  ///   - manager: the name of the person's manager; `nil` for a manager
  func personEntry(_ person: Person, unit: DistinguishedName, manager: DistinguishedName?) -> Entry {
    var seed = Seed(seed, 4, person.number)
    var entry = Entry(dn: unit.child(RelativeDistinguishedName("cn", Value(person.name))))
    entry["objectClass"] = ["top", "person", "hsaPersonExtension"]
    entry["cn"] = [Value(person.name)]
    entry["hsaIdentity"] = [Value(Region.identity("3", person.number))]
    entry["givenName"] = [Value(person.given)]
    entry["sn"] = [Value(person.family)]
    entry["fullName"] = [Value("\(person.given) \(person.family)")]
    let address = "\(Words.plain(person.given)).\(Words.plain(person.family)).\(person.number)"
    entry["mail"] = [Value("\(address)@regionexempel.example")]
    let work = seed.pick(Words.titles)
    entry["title"] = [Value(work.title)]
    entry["telephoneNumber"] = [telephone(&seed)]
    entry["startDate"] = [start(&seed)]
    entry["hsaSyncId"] = [Value("HR-\(100_000 + person.number)")]
    if seed.percent(70) { entry["hsaTitle"] = [Value(work.title)] }
    if seed.percent(80) {
      entry["paTitleCode"] = [Value(work.code)]
      entry["paTitleName"] = [Value("\(work.title), annan")]
    }
    if seed.percent(50) { entry["mobile"] = [Value("+4670\(1_000_000 + seed.number(below: 8_999_999))")] }
    if seed.percent(30) {
      entry["languageKnowledgeCode"] = Array(Set([seed.pick(Words.languages), "en"])).sorted().map {
        Value($0)
      }
    }
    if let manager { entry["manager"] = [Value(manager.description)] }
    return entry
  }

  func functionEntry(_ number: Int) -> Entry {
    var seed = Seed(seed, 5, number)
    let identity = Region.identity("5", number)
    let unit = name(of: seed.number(below: units))
    let kind = seed.pick(["Receptionen", "Rådgivningen", "Bokningen", "Jourläkaren", "Tolkförmedlingen"])
    var entry = Entry(dn: unit.child(RelativeDistinguishedName("cn", Value("\(kind) \(number)"))))
    entry["objectClass"] = ["top", "organizationalRole", "hsaRoleExtension"]
    entry["cn"] = [Value("\(kind) \(number)")]
    entry["hsaIdentity"] = [Value(identity)]
    entry["telephoneNumber"] = [telephone(&seed)]
    entry["mail"] = [Value("funktion\(number)@regionexempel.example")]
    entry["telephoneHours"] = ["1-4#08:00#16:30", "5-5#08:00#15:00"]
    entry["startDate"] = [start(&seed)]
    entry["description"] = [Value("\(kind) tar emot samtal för enheten och kopplar vidare.")]
    return entry
  }

  /// One commission in 300 has the most members that there are, the others 5 to 55.
  func commissionEntry(_ number: Int) -> Entry {
    var seed = Seed(seed, 6, number)
    let identity = Region.identity("7", number)
    var entry = Entry(
      dn: name(of: seed.number(below: units)).child(RelativeDistinguishedName("cn", Value(identity))))
    entry["objectClass"] = ["top", "hsaCommission"]
    entry["cn"] = [Value(identity)]
    entry["hsaIdentity"] = [Value(identity)]
    let purpose = seed.pick(Words.purposes)
    entry["hsaCommissionPurpose"] = [Value(purpose)]
    entry["description"] = [Value("\(purpose), \(seed.pick(Words.towns))")]
    entry["hsaCommissionRight"] = ["Läsa;alla;SJF", "Läsa;alla;VE", "Skriva;alla;VE", "Signera;alla;VE"]
    entry["startDate"] = [start(&seed)]
    let first = seed.number(below: persons)
    let size = number % 300 == 0 ? largest : min(5 + seed.number(below: 51), persons / 2)
    entry["hsaCommissionMember"] = (0..<size).map { Value(member((first + $0 * 2) % persons, &seed)) }
    return entry
  }

  /// `HSA-id;start;end`: most memberships have no period of their own.
  func member(_ person: Int, _ seed: inout Seed) -> String {
    let start = seed.percent(20) ? "20231231230000Z" : ""
    let end = seed.percent(5) ? "20401231230000Z" : ""
    return "\(Region.identity("3", person));\(start);\(end)"
  }

  func telephone(_ seed: inout Seed) -> Value { Value("+468\(46_500_000 + seed.number(below: 499_999))") }

  private func start(_ seed: inout Seed) -> Value {
    let month = seed.pick(["0131", "0331", "0430", "0831", "1031"])
    let isSummer = ["0331", "0430", "0831"].contains(month)
    return Value("20\(10 + seed.number(below: 15))\(month)2\(isSummer ? 2 : 3)0000Z")
  }
}
