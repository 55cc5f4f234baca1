import Directory

// What somebody asks a running agent for: before anything is done about it.
extension AuditEvent {
  /// A request was let through.
  ///
  /// - Parameters:
  ///   - request: what is asked for, as the last part of its path.
  ///   - number: the request's own.
  ///   - joined: whether an equal one was waiting already, and both get one answer.
  ///   - fields: what says what it is about, by name.
  package static func requested(
    _ request: String, id number: String, of identity: HSAIdentity? = nil, reason: String? = nil,
    joined: Bool = false, fields: [String: CanonicalJSON] = [:], by actor: Actor
  ) -> AuditEvent {
    var event = AuditEvent(.requested, by: actor, fields: fields)
    event.identity = identity
    event.fields["request"] = .string(request)
    event.fields["requestId"] = .string(number)
    event.fields["joined"] = joined ? true : nil
    event.fields["reason"] = reason.map { .string($0) }
    return event
  }

  /// Somebody with a card, or without one, was not let in; `certificate` is its SHA-256.
  package static func doorRefused(_ code: String, certificate: String?, by actor: Actor) -> AuditEvent {
    var event = AuditEvent(.doorRefused, by: actor, fields: ["reason": .string(code)])
    event.fields["certificate"] = certificate.map { .string($0) }
    return event
  }

  /// A file of a delegated administrator's is about to be put in force, as the version of this serial.
  package static func fileTaken(
    for provider: HSAIdentity, serial: Int, rows: Int, by actor: Actor
  ) -> AuditEvent {
    var event = AuditEvent(.fileTaken, by: actor, fields: ["serial": .number(serial), "rows": .number(rows)])
    event.identity = provider
    return event
  }
}
