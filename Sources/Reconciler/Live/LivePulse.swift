import Synchronization

/// Tells somebody that the observation gets somewhere: something was taken in, or the server has answered while there was
/// nothing to take in.
///
/// That the server answers says nothing as long as something is being taken in that never ends.
final class LivePulse: Sendable {
  private let isTaking = Atomic(false)
  private let tell: @Sendable () -> Void

  init(_ tell: @escaping @Sendable () -> Void) { self.tell = tell }

  /// Something has come.
  func begin() {
    isTaking.store(true, ordering: .relaxed)
    tell()
  }

  /// It is taken in; or a part of it is.
  func end() {
    isTaking.store(false, ordering: .relaxed)
    tell()
  }

  func goOn() { tell() }

  /// The server has answered.
  func beat() {
    if !isTaking.load(ordering: .relaxed) { tell() }
  }
}
