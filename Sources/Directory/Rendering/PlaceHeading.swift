/// What stands above the changes of one place: `VC Norr  SE2321000016-1A2B  (Region Exempel)`.
struct PlaceHeading {
  /// The name of the unit, or what stands for one.
  let title: String
  let identity: String?
  /// The care provider, or that it is one.
  let provider: String?

  init(_ place: PlanGroups.Place, names: PlaceNames, language: Language) {
    switch place {
    case .unit(let unit, let provider):
      title = VisibleText(names.name(of: unit)).text
      identity = names.label(of: unit) == nil ? nil : VisibleText(unit.text).text
      self.provider = provider.map {
        $0 == unit ? language.say("care provider", "vårdgivare") : VisibleText(names.name(of: $0)).text
      }
    case .elsewhere:
      title = language.say("Elsewhere", "Övrigt")
      (identity, provider) = (nil, nil)
    case .protected:
      title = language.say("Protected persons", "Skyddade personer")
      (identity, provider) = (nil, nil)
    }
  }

  func line(_ style: PlanText.Style) -> String {
    ([style.coloured(title, "1"), identity, provider.map { "(\($0))" }] as [String?]).compactMap { $0 }
      .joined(separator: "  ")
  }
}
