import Directory
import Foundation
import Hummingbird
import Reconciler

// One care provider: its state, its files, what would be done and what was.
extension OmbudRoutes {
  func addProviders(to router: Router<OmbudContext>) {
    router.get("/providers/:provider", use: providerPage)
    router.get("/providers/:provider/plan", use: planPage)
    router.get("/providers/:provider/state.yaml", use: state)
    router.get("/providers/:provider/history", use: history)
    router.get("/providers/:provider/explain", use: explain)
    router.get("/providers/:provider/versions/:serial", use: version)
    router.get("/providers/:provider/proposals/:number", use: proposalPage)
    router.post("/providers/:provider/proposals", use: propose)
    router.post("/providers/:provider/proposals/:number/accept", use: accept)
    router.post("/providers/:provider/proposals/:number/discard", use: discard)
    router.post("/providers/:provider/reconcile", use: reconcile)
  }

  @Sendable private func providerPage(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let (visit, provider) = (try context.visit, try provider(context))
    let look = try await agent.look(at: provider, for: visit.caller)
    let mandate = visit.mandate
    let page = ProviderPage(
      id: provider.text, name: look.name, state: HomePage.State(look.state),
      sentence: look.sentence(visit.words), mandateFrom: mandate.from == .distantPast ? nil : mandate.from,
      mandateTo: mandate.until,
      mandateGiven: mandate.isFromDirectory
        ? visit.words.say("by a commission in the directory", "genom ett uppdrag i katalogen")
        : visit.words.say("by the region's configuration", "i regionens konfiguration"),
      file: look.versions.first.map { ProviderPage.File($0, by: look.who($0.actor)) },
      proposals: look.proposals.map { proposal in
        ProviderPage.Proposal(
          number: proposal.id, fileName: proposal.name, at: proposal.time, by: look.who(proposal.actor),
          errors: proposal.findings.count { $0.severity == .error })
      },
      plansWaiting: look.waiting.map { waiting in
        ProviderPage.WaitingPlan(
          code: waiting.kept.code, since: waiting.kept.kept,
          reasons: PlanSheet(waiting.plan, profile: agent.configuration.profile, language: visit.words).guards
            .map(\.line))
      }, requests: await underWay(provider, visit), history: Array(look.events(visit.words).prefix(10)))
    return self.page(page, request, visit)
  }

  private func underWay(_ provider: HSAIdentity, _ visit: OmbudVisit) async -> [ProviderPage.Request] {
    var rows: [ProviderPage.Request] = []
    for asked in asked.of(provider).suffix(20) {
      guard let found = await ledger.request(asked.id, for: visit.caller), found.state != .done else {
        continue
      }
      rows.append(
        ProviderPage.Request(
          id: asked.id, what: asked.request.what(visit.words),
          state: found.state == .running ? .running : .queued, since: asked.time))
    }
    return rows
  }

  @Sendable private func planPage(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let (visit, provider) = (try context.visit, try provider(context))
    try await admit("plan", of: provider, visit, context.number)
    let plan = try await agent.planNow(provider, for: visit.caller)
    let view = PlanView(plan, profile: agent.configuration.profile, language: visit.words)
    let name = try await agent.label(of: provider)
    return page(PlanPage(providerID: provider.text, providerName: name, plan: view), request, visit)
  }

  @Sendable private func state(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let (visit, provider) = (try context.visit, try provider(context))
    try await admit("export", of: provider, visit, context.number)
    let octets = try await agent.export(provider, for: visit.caller)
    return .octets(octets, "application/yaml", named: "\(provider.normalForm).yaml")
  }

  @Sendable private func version(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let (visit, provider) = (try context.visit, try provider(context))
    let serial = context.parameters.get("serial").flatMap { Int($0) } ?? 0
    let look = try await agent.look(at: provider, for: visit.caller)
    guard let version = look.versions.first(where: { $0.serial == serial }) else { throw Refusal.fileUnknown }
    return .octets(
      try agent.providerFiles.octets(provider, version), "text/plain; charset=utf-8",
      named: "\(provider.normalForm)-\(serial).\(version.format.rawValue)")
  }

  @Sendable private func history(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let (visit, provider) = (try context.visit, try provider(context))
    let look = try await agent.look(at: provider, for: visit.caller)
    let newest = look.versions.first?.serial
    let versions = look.versions.map { version in
      HistoryPage.Version(
        serial: version.serial, at: version.time, by: look.who(version.actor), rows: version.rows,
        digest: String(version.sha256.prefix(12)), note: version.note, isInForce: version.serial == newest)
    }
    return page(
      HistoryPage(
        providerID: provider.text, providerName: look.name, versions: versions,
        events: look.events(visit.words)), request, visit)
  }

  // MARK: Handing in

  @Sendable private func propose(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let (visit, provider) = (try context.visit, try provider(context))
    try await admit("propose", of: provider, visit, context.number)
    let form = try await form(request, visit, upTo: ProviderFiles.largest + (64 << 10))
    guard let file = form.file, !file.octets.isEmpty else {
      sessions.tell(
        .init(kind: .problem, text: visit.words.say("No file was chosen.", "Ingen fil valdes.")),
        in: visit.session.id)
      return .seeOther(PagePath.path("providers", provider.text))
    }
    let note = form["note"].flatMap { $0.isEmpty ? nil : String($0.prefix(500)) }
    let format: ProviderFiles.Format = file.name.lowercased().hasSuffix(".ldif") ? .ldif : .yaml
    let proposed = try await agent.propose(
      ProviderFiles.Upload(file.octets, format, note: note), named: file.name, for: provider, by: visit.caller
    )
    return .seeOther(PagePath.path("providers", provider.text, "proposals", "\(proposed.id)"))
  }

  private func proposal(_ context: OmbudContext, _ provider: HSAIdentity) async throws -> ProposedFile {
    let number = context.parameters.get("number").flatMap { Int($0) } ?? 0
    guard let found = await agent.proposal(number, of: provider, for: try context.visit.caller) else {
      throw Refusal.fileUnknown
    }
    return found
  }

  @Sendable private func proposalPage(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let (visit, provider) = (try context.visit, try provider(context))
    let proposed = try await proposal(context, provider)
    let view = proposed.plan.map {
      PlanView($0, profile: agent.configuration.profile, language: visit.words)
    }
    let page = ProposalPage(
      providerID: provider.text, providerName: try await agent.label(of: provider), number: proposed.id,
      fileName: proposed.name, at: proposed.time, by: proposed.actor.user, note: proposed.upload.note,
      findings: proposed.findings.prefix(500).map { ProposalPage.Finding($0, in: proposed, visit.words) },
      plan: view)
    return self.page(page, request, visit)
  }

  @Sendable private func accept(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let (visit, provider) = (try context.visit, try provider(context))
    _ = try await form(request, visit)
    let proposed = try await proposal(context, provider)
    return try await order(
      .take(provider, file: proposed.id), of: provider, reason: proposed.upload.note, visit)
  }

  @Sendable private func discard(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let (visit, provider) = (try context.visit, try provider(context))
    _ = try await form(request, visit)
    let proposed = try await proposal(context, provider)
    await agent.discard(proposed.id, for: visit.caller)
    sessions.tell(
      .init(kind: .info, text: visit.words.say("The file is forgotten.", "Filen är glömd.")),
      in: visit.session.id)
    return .seeOther(PagePath.path("providers", provider.text))
  }

  @Sendable private func reconcile(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let (visit, provider) = (try context.visit, try provider(context))
    _ = try await form(request, visit)
    return try await order(.reconcile(.provider(provider)), of: provider, visit)
  }

  // MARK: Roles

  @Sendable private func explain(_ request: Request, _ context: OmbudContext) async throws -> Response {
    let (visit, provider) = (try context.visit, try provider(context))
    let question = request.uri.queryParameters
    let person = question["person"].map { String($0) } ?? "", role = question["role"].map { String($0) } ?? ""
    let name = try await agent.label(of: provider)
    var page = ExplainPage(
      providerID: provider.text, providerName: name, person: person, role: role, answer: nil)
    guard !person.isEmpty else { return self.page(page, request, visit) }
    let prefixes = agent.configuration.profile.identityPrefixes
    guard let identity = HSAIdentity(wellFormed: person, prefixes: prefixes),
      try await agent.isWithin(identity, visit.mandate)
    else { throw Refusal.mandateMissing }
    try await admit("explain", of: identity, visit, context.number)
    page.answer = try await answer(identity, role, visit)
    return self.page(page, request, visit)
  }

  private func answer(
    _ person: HSAIdentity, _ role: String, _ visit: OmbudVisit
  ) async throws -> ExplainPage.Answer {
    let explained = try await agent.explain(person, role: role.isEmpty ? nil : role, visit.words)
    let name = try await agent.label(of: person)
    return ExplainPage.Answer(
      personID: person.text, personName: name == person.text ? nil : name,
      roles: explained.map { one in
        ExplainPage.Role(
          role: one.role, isHeld: one.isHeld,
          reasons: one.lines.map { ExplainPage.Reason(text: $0, reasons: []) })
      })
  }
}
