import Glibc
import Reconciler

extension DaemonSettings.Control {
  /// Where the socket lies: as configured, else `control` in the service's `RuntimeDirectory=` (systemd.exec(5)), else
  /// where a service of the name `hsasync` has that.
  package var path: String {
    if let socket { return socket }
    if let folders = getenv("RUNTIME_DIRECTORY").map({ String(cString: $0) }) {
      // Several are separated by colons; the first is ours.
      let first = folders.prefix { $0 != ":" }
      if !first.isEmpty { return first + "/control" }
    }
    return "/run/hsasync/control"
  }
}
