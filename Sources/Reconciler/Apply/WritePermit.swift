/// Whether anything may be written at this moment: where agents share a catalogue, only by the one that has its lock.
///
/// It is asked just before each request is sent, by a process that may have been frozen since the last one; so it is
/// answered from what is known here, and asks nobody.
package struct WritePermit: Sendable {
  private let isHeld: @Sendable () -> Bool

  package init(_ isHeld: @escaping @Sendable () -> Bool) { self.isHeld = isHeld }

  /// Of a catalogue with one agent.
  package static let always = WritePermit { true }

  /// For as long as the catalogue's lock is ours by its time.
  package init(_ lock: CatalogueLock) { self.init { lock.isHeld } }

  /// Whether it is given now.
  package var isGiven: Bool { isHeld() }
}

extension Refusal {
  /// What ends an apply when something about to be sent could not be written down, or must not be sent, for this.
  var stop: ApplyResult.Stop { code == .storeBusy ? .lockLost : .journalUnavailable }

  /// Nothing more may be written: another agent may have the catalogue's lock.
  package static var lockLost: Refusal {
    Refusal(
      .storeBusy, .tryAgain, "the catalogue's lock was lost to another agent",
      advice: "see to it that one agent runs for a catalogue")
  }
}
