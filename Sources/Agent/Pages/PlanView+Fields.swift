extension PlanView {
  /// Lists longer than this are folded away.
  static let longList = 5

  /// What the template of the plan reads.
  func fields(_ words: Words) -> [String: PageField] {
    let groups = groups.filter { !$0.changes.isEmpty }
    let numbered = groups.enumerated().map { ($0.offset + 1, $0.element) }
    return [
      "isEmpty": .flag(groups.isEmpty && roles.isEmpty),
      "sentence": .text(words.plan.sentence(groups.reduce(0) { $0 + $1.changes.count }, roles.count)),
      "counts": counts(words),
      "hasGuards": .flag(!guards.isEmpty),
      "guards": .groups(guards) { ["sentence": .text($0.sentence), "meaning": .text($0.meaning)] },
      "hasGroups": .flag(!groups.isEmpty),
      "hasContents": .flag(groups.count + (roles.isEmpty ? 0 : 1) > 1),
      "groups": .groups(numbered) { number, group in group.fields(words, number: number) },
      "hasRoles": .flag(!roles.isEmpty),
      "rolesCount": .text(words.plan.roleChanges(roles.count)),
      "roles": .groups(roles) { $0.fields(words) },
    ]
  }

  /// How many changes there are of each action, in the order of the actions.
  private func counts(_ words: Words) -> PageField {
    let actions = groups.flatMap(\.changes).map(\.action)
    let counted = Action.allCases.map { action in (action, actions.count { $0 == action }) }
    return .groups(counted.filter { $0.1 > 0 }) { action, count in
      action.fields(words).merging(["count": .number(count)]) { kept, _ in kept }
    }
  }
}

extension PlanView.Action {
  /// The action as a class, a sign and a word.
  fileprivate func fields(_ words: Words) -> [String: PageField] {
    ["action": .text(rawValue), "sign": .text(sign), "word": .text(words.plan.word(for: self))]
  }

  /// A sign that tells the actions apart where colours do not.
  private var sign: String {
    switch self {
    case .create: "+"
    case .update: "~"
    case .move: "→"
    case .rename: "≈"
    case .reactivate: "↑"
    case .deactivate: "↓"
    case .archive: "▾"
    case .delete: "−"
    }
  }
}

extension PlanView.Group {
  fileprivate func fields(_ words: Words, number: Int) -> [String: PageField] {
    [
      "group": .number(number),
      "heading": .text(heading),
      "count": .text(words.plan.changes(changes.count)),
      "changes": .groups(changes) { $0.fields(words) },
    ]
  }
}

extension PlanView.Change {
  fileprivate func fields(_ words: Words) -> [String: PageField] {
    let own: [String: PageField] = [
      "number": .number(number),
      "kind": .text(kind),
      "id": .text(id),
      "name": .optional(name),
      "place": .optional(place),
      "why": .text(why),
      "movedFrom": .optional(movedFrom),
      "movedTo": .optional(movedTo),
      "isMoved": .flag(isMoved),
      "hasDifferences": .flag(!attributes.isEmpty || isMoved),
      "attributes": .groups(attributes) { $0.fields(words) },
    ]
    return own.merging(action.fields(words)) { kept, _ in kept }
  }

  private var isMoved: Bool { movedFrom != nil || movedTo != nil }
}

extension PlanView.Attribute {
  fileprivate func fields(_ words: Words) -> [String: PageField] {
    let pair = ValuePair(removed: removed, added: added)
    return [
      "attribute": .text(attribute),
      "pair": .optional(pair?.fields),
      "removed": pair == nil ? list(removed, words.plan.removedValues) : .none,
      "added": pair == nil ? list(added, words.plan.addedValues) : .none,
    ]
  }

  /// The values, in the open or folded away.
  private func list(_ values: [String], _ summary: (Int) -> String) -> PageField {
    guard !values.isEmpty else { return .none }
    let isLong = values.count > PlanView.longList
    return .group([
      "values": isLong ? .list([]) : .texts(values),
      "folded": isLong
        ? .group(["summary": .text(summary(values.count)), "rows": .texts(values)]) : .none,
    ])
  }
}

extension PlanView.Role {
  fileprivate func fields(_ words: Words) -> [String: PageField] {
    [
      "personID": .text(personID),
      "personName": .optional(personName),
      "class": .text(isGained ? "come" : "gone"),
      "sign": .text(isGained ? "+" : "−"),
      "word": .text(isGained ? words.plan.gained : words.plan.lost),
      "role": .text(role),
      "target": .text(target),
      "why": .text(why),
    ]
  }
}
