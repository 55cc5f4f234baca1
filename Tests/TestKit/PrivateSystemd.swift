import Foundation
import Glibc

/// A real systemd that runs units, as the first process of namespaces of its own: it sees its units and no others, no
/// network, and what it writes to is gone when it ends.
package struct PrivateSystemd {
  private static let cgroups = "/sys/fs/cgroup/systemd"

  /// Whether one can be started here: by root, where the kernel has the control groups that it counts processes by in
  /// the first of their versions.
  package static let isPossible =
    geteuid() == 0 && access("\(cgroups)/cgroup.procs", W_OK) == 0
    && ["/lib/systemd/systemd", "/usr/bin/unshare", "/usr/bin/setpriv", "/usr/bin/python3"]
      .allSatisfy { (program: String) in access(program, X_OK) == 0 }

  private let folder: TemporaryFolder

  /// - Parameter files: what lies in `/mnt` there, units in `units`.
  package init(files: [String: String]) throws {
    folder = try TemporaryFolder()
    // The folder itself is closed to the service's user; what lies in it is not.
    try folder.folder("work")
    for (name, text) in files { try folder.write("work/\(name)", text) }
    try folder.write("enter", PrivateSystemd.entrance)
  }

  /// Has the manager run while a script gives it commands; user and group `hsasync` are there, as number 64999.
  ///
  /// - Returns: what the script said.
  package func run(_ steps: String) async throws -> [String] {
    try folder.write("work/steps", steps)
    let group = "\(PrivateSystemd.cgroups)/hsasync-test-\(UUID().uuidString)"
    let answer = try await Tool.run(
      "/bin/bash",
      ["-c", PrivateSystemd.outside, "outside", group, folder.path("enter"), folder.path("work")],
      check: false)
    let said = folder.text("work/said")
    guard !said.isEmpty else {
      throw Failure(
        "the manager said nothing: \(answer.output)\(answer.errors)\(folder.text("work/console"))")
    }
    return said.split(separator: "\n").map(String.init)
  }

  /// What the service wrote.
  package func text(_ name: String) -> String { folder.text("work/\(name)") }

  private static let outside = #"""
    mkdir "$1" || exit
    (
      echo "$BASHPID" >"$1/cgroup.procs"
      exec timeout -s KILL 300 unshare --mount --pid --uts --ipc --net --cgroup --fork --kill-child --mount-proc \
        bash "$2" "$3"
    )
    for _ in $(seq 100); do
      find "$1" -depth -type d -exec rmdir {} + 2>/dev/null && break
      sleep 0.1
    done
    """#

  private static let entrance = #"""
    set -eu
    mount --make-rprivate /
    mount -t tmpfs -o mode=755 groups /sys/fs/cgroup
    mkdir /sys/fs/cgroup/systemd
    mount -t cgroup -o none,name=systemd groups /sys/fs/cgroup/systemd
    mount --bind "$1" /mnt
    chmod -R a+rX /mnt
    for folder in /var/lib /var/tmp /tmp; do mount -t tmpfs -o mode=1777 private "$folder"; done
    mount -t tmpfs -o mode=755 run /run
    mkdir -p /run/units /run/lock
    cp /mnt/units/* /run/units
    for target in empty sysinit basic shutdown sockets multi-user network-online nss-user-lookup; do
      printf '[Unit]\nDescription=Nothing\nDefaultDependencies=no\n' >"/run/units/$target.target"
    done
    cp /etc/passwd /etc/group /run
    echo 'hsasync:x:64999:64999::/var/lib/hsasync:/usr/sbin/nologin' >>/run/passwd
    echo 'hsasync:x:64999:' >>/run/group
    for file in passwd group; do mount --bind "/run/$file" "/etc/$file"; done
    : >/mnt/console
    mount --bind /mnt/console /dev/console
    # What the manager mounts for a service must reach it, as on a machine that it has started.
    mount --make-rshared /
    export container=test SYSTEMD_UNIT_PATH=/run/units SYSTEMD_GENERATOR_PATH=/nonexistent
    unset NOTIFY_SOCKET
    (
      for _ in $(seq 1200); do
        systemctl list-units >/dev/null 2>&1 && break
        sleep 0.1
      done
      bash /mnt/steps >/mnt/said 2>&1
      kill -s RTMIN+14 1
    ) &
    exec /lib/systemd/systemd --system --unit=empty.target --log-target=console --show-status=no
    """#
}
