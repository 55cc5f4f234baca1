import Directory
import LDAP

/// Where what is there is read from: the directory, an export of it, or what content sync has told of it.
enum Observed {
  case directory(Observer)
  case file(ObservedFile)
  case index(IndexView)

  /// Whether it is an export, which says nothing of what a server can do.
  var isFile: Bool {
    if case .file = self { true } else { false }
  }

  var schema: Schema {
    switch self {
    case .directory(let observer): observer.schema
    case .file(let file): file.schema
    case .index(let view): view.schema
    }
  }

  /// What the server can check when it is written to; `nil` where there is no server.
  var writeSupport: WriteSupport? {
    switch self {
    case .directory(let observer): WriteSupport(observer.rootDSE)
    case .file: nil
    case .index(let view): WriteSupport(view.rootDSE)
    }
  }

  /// See ``Observer/read(_:progress:begin:take:)``.
  func read<Content>(
    _ question: Observer.Question, progress: @escaping ProgressReport, begin: () async throws -> Content,
    take: (inout Content, EntryTable) throws -> Void
  ) async throws -> (content: Content, proof: ReadProof) {
    switch self {
    case .directory(let observer):
      try await observer.read(question, progress: progress, begin: begin, take: take)
    case .file(let file): try await file.read(question, progress: progress, begin: begin, take: take)
    case .index(let view): try await view.read(progress: progress, begin: begin, take: take)
    }
  }
}

extension Run {
  /// Lends the directory, the export or the index, and lets go of it however it ends.
  func withObserved<Result>(
    _ file: String?, _ view: IndexView? = nil, _ body: (Observed) async throws -> Result
  ) async throws -> Result {
    if let view { return try await body(.index(view)) }
    guard let file else { return try await withObserver { try await body(.directory($0)) } }
    let marks = configuration.sentinels.map { sentinel -> SentinelWatch.Mark in
      switch sentinel {
      case .identity(let identity):
        .value(attribute: configuration.profile.identity, Array(identity.text.utf8))
      case .name(let name): .name(Array(name.description.utf8))
      }
    }
    return try await body(
      .file(
        ObservedFile(
          path: file, base: configuration.base, schema: try configuration.offlineSchema(), sentinels: marks)))
  }

  /// Lends an observer of the directory, and closes its connection however it ends.
  package func withObserver<Result>(_ body: (Observer) async throws -> Result) async throws -> Result {
    let observer = try await Observer.open(configuration, logger: logger)
    progress(.connected(server: observer.connection.server.url.description))
    do {
      let result = try await body(observer)
      await observer.close()
      return result
    } catch {
      await observer.close()
      throw error
    }
  }
}
