import Directory

extension PartPlanning {
  /// What would be looked at for what has been touched; `nil`: the whole.
  package func extent(of touched: Touched, _ desired: DesiredSet) throws -> Part.Extent? {
    guard !touched.isWhole, case .some(let extent) = try part(of: touched, desired) else { return nil }
    return extent
  }
}
