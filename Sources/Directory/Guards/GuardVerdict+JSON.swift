extension GuardVerdict {
  /// The verdict for machines; members without a value are left out.
  package var json: CanonicalJSON {
    CanonicalJSON(present: [
      "name": .string(name.rawValue), "subject": subject.json, "window": .string(window.rawValue),
      "state": .string(state.rawValue), "count": .number(count), "population": population.map { .number($0) },
      "limitCount": limitCount.map { .number($0) }, "limitPercent": limitPercent.map { .number($0) },
      "cause": cause?.json,
    ])
  }

  /// Reads what ``json`` wrote; `nil` when it is anything else.
  package init?(json: CanonicalJSON) {
    guard case .object(let members) = json,
      Set(members.keys).isSubset(of: [
        "name", "subject", "window", "state", "count", "population", "limitCount", "limitPercent", "cause",
      ]),
      let name = members["name"]?.word.flatMap(Name.init(rawValue:)),
      let subject = members["subject"].flatMap(Subject.init(json:)),
      let window = members["window"]?.word.flatMap(Window.init(rawValue:)),
      let state = members["state"]?.word.flatMap(State.init(rawValue:)), let count = members["count"]?.whole
    else { return nil }
    let cause = members["cause"].map(Cause.init(json:))
    let numbers = ["population", "limitCount", "limitPercent"].map { members[$0].map(\.whole) }
    guard cause != .some(nil), !numbers.contains(.some(nil)) else { return nil }
    self.init(
      name, subject, window: window, state, count: count, of: numbers[0] ?? nil,
      limitCount: numbers[1] ?? nil,
      limitPercent: numbers[2] ?? nil, cause: cause ?? nil)
  }
}

extension GuardVerdict.Subject {
  fileprivate var json: CanonicalJSON {
    switch self {
    case .everything: [:]
    case .kind(let kind): ["kind": .string(kind.rawValue)]
    case .provider(let provider, let kind):
      ["provider": .string(provider.text), "kind": .string(kind.rawValue)]
    case .unit(let unit): ["unit": .string(unit.text)]
    case .careProvider(let provider): ["provider": .string(provider.text)]
    case .role(let role): ["role": .string(role)]
    case .roleAt(let role, let unit): ["role": .string(role), "unit": .string(unit.text)]
    case .commission(let commission): ["commission": .string(commission.text)]
    case .source(let source): ["source": .string(source)]
    }
  }

  fileprivate init?(json: CanonicalJSON) {
    guard case .object(let members) = json else { return nil }
    let words = members.compactMapValues(\.word)
    guard words.count == members.count else { return nil }
    let kind = words["kind"].flatMap(Kind.init(rawValue:))
    switch (words.keys.sorted(), kind) {
    case ([], _): self = .everything
    case (["kind"], let kind?): self = .kind(kind)
    case (["kind", "provider"], let kind?): self = .provider(HSAIdentity(words["provider"] ?? ""), kind)
    case (["provider"], _): self = .careProvider(HSAIdentity(words["provider"] ?? ""))
    case (["role"], _): self = .role(words["role"] ?? "")
    case (["role", "unit"], _): self = .roleAt(words["role"] ?? "", HSAIdentity(words["unit"] ?? ""))
    case (["unit"], _): self = .unit(HSAIdentity(words["unit"] ?? ""))
    case (["commission"], _): self = .commission(HSAIdentity(words["commission"] ?? ""))
    case (["source"], _): self = .source(words["source"] ?? "")
    default: return nil
    }
  }
}

extension GuardVerdict.Cause {
  /// The stable word, and what it is about.
  private var parts: (word: String, of: String?) {
    switch self {
    case .reorganised(let unit): ("reorganised", unit.text)
    case .fileMissing(let source): ("fileMissing", source)
    case .fileTruncated(let source): ("fileTruncated", source)
    case .attributeEverywhere(let attribute): ("attributeEverywhere", attribute)
    case .ruleChanged(let rule): ("ruleChanged", rule)
    case .rulesChanged: ("rulesChanged", nil)
    case .commissionWithheld(let commission): ("commissionWithheld", commission.text)
    case .readIncomplete: ("readIncomplete", nil)
    case .directoryRestored: ("directoryRestored", nil)
    case .clockWrong: ("clockWrong", nil)
    }
  }

  fileprivate var json: CanonicalJSON {
    CanonicalJSON(present: ["code": .string(parts.word), "of": parts.of.map { .string($0) }])
  }

  fileprivate init?(json: CanonicalJSON) {
    guard case .object(let members) = json, Set(members.keys).isSubset(of: ["code", "of"]) else { return nil }
    switch (members["code"]?.word, members["of"]?.word) {
    case ("reorganised", let unit?): self = .reorganised(HSAIdentity(unit))
    case ("fileMissing", let source?): self = .fileMissing(source)
    case ("fileTruncated", let source?): self = .fileTruncated(source)
    case ("attributeEverywhere", let attribute?): self = .attributeEverywhere(attribute)
    case ("ruleChanged", let rule?): self = .ruleChanged(rule)
    case ("rulesChanged", nil): self = .rulesChanged
    case ("commissionWithheld", let commission?): self = .commissionWithheld(HSAIdentity(commission))
    case ("readIncomplete", nil): self = .readIncomplete
    case ("directoryRestored", nil): self = .directoryRestored
    case ("clockWrong", nil): self = .clockWrong
    default: return nil
    }
  }
}

extension CanonicalJSON {
  fileprivate var word: String? { if case .string(let text) = self { text } else { nil } }
  fileprivate var whole: Int? { if case .number(let number) = self { number } else { nil } }
}
