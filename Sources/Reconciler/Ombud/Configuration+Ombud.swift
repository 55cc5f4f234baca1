import Directory

extension Configuration {
  /// Takes in what delegated administrators may do: their files come after the region's own, which speak first.
  mutating func take(_ ombud: OmbudSettings?, _ position: SourcePosition) {
    self.ombud = ombud
    guard let ombud else { return }
    let files = ProviderFiles(store: store)
    for provider in ombud.providers {
      var source = Desired(
        paths: [files.pattern(provider.identity)],
        declaration: SourceDeclaration(scope: provider.scope), position: position)
      source.isOptional = true
      desired.append(source)
    }
  }

  /// The care providers whose files are at a path.
  package func scope(ofFile path: String) -> ProviderScope? {
    guard let ombud else { return nil }
    let files = ProviderFiles(store: store)
    return ombud.providers.first { provider in
      ProviderFiles.Format.allCases.contains { files.current(provider.identity, $0) == path }
    }?.scope
  }
}
