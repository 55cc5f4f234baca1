import Foundation
import TestKit
import Testing

@Suite struct `The systemd units under a real service manager` {
  /// Speaks to the manager as the agent does, tells what it may do, and answers on its socket.
  private static let service = #"""
    import ctypes, os, select, signal, socket, struct, time

    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    say = lambda text: manager.sendto(text.encode(), os.environ["NOTIFY_SOCKET"])

    def reload(*_):
        say("RELOADING=1\nMONOTONIC_USEC=%d" % (time.monotonic_ns() // 1000))
        say("READY=1\nSTATUS=reloaded")

    def stop(*_):
        os._exit(0)

    def tried(what, action):
        try:
            action()
            print(what, "done", flush=True)
        except OSError as fault:
            print(what, "refused", flush=True)

    signal.signal(signal.SIGHUP, reload)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGUSR2, lambda *_: os._exit(78))
    print("user", os.getuid(), os.getgid(), flush=True)
    print("credential", open(os.environ["CREDENTIALS_DIRECTORY"] + "/ldap").read().strip(), flush=True)
    print("watchdog", os.environ["WATCHDOG_USEC"], flush=True)
    for folder in "/etc", "/mnt", "/run", "/run/hsasync", "/var/lib/hsasync", "/tmp":
        tried("write " + folder, lambda: open(folder + "/x", "w").close())
    tried("list /home", lambda: os.listdir("/home"))
    tried("lower priority", lambda: os.setpriority(os.PRIO_PROCESS, 0, 5))
    tried("packets", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
    print("namespace", "done" if ctypes.CDLL(None).unshare(0x10000000) == 0 else "refused", flush=True)
    listener = socket.socket(fileno=3)
    listener.setblocking(False)
    say("READY=1\nSTATUS=in sync")
    while True:
        if select.select([listener], [], [], 1)[0]:
            caller, _ = listener.accept()
            _, user, group = struct.unpack("3i", caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            caller.sendall(b"answer to %d of %d" % (user, group))
            caller.close()
        say("WATCHDOG=1")
    """#

  private static let steps = #"""
    control() { systemctl --no-pager "$@" 2>/dev/null; }
    value() { control show --value -p "$1" hsasync.service; }
    states() { echo "$(control is-active hsasync.service) $(control is-active hsasync.socket)"; }
    # What the manager does of itself takes a moment.
    state() {
      for _ in $(seq 900); do [ "$(states)" = "$2" ] && break; sleep 0.1; done
      echo "$1: $(states)"
    }
    until_so() { for _ in $(seq 900); do [ "$(value "$1")" = "$2" ] && break; sleep 0.1; done; }
    ask() {
      timeout 60 setpriv --reuid="$1" --regid="$2" --clear-groups /usr/bin/python3 -c '
    import socket
    caller = socket.socket(socket.AF_UNIX)
    try:
        caller.connect("/run/hsasync/control")
        print(caller.recv(100).decode())
    except OSError as fault:
        print(type(fault).__name__)'
    }
    control start hsasync.service
    state started "active active"
    value StatusText
    ls -ld /var/lib/hsasync /run/hsasync/control | cut -d' ' -f1,3,4
    ask 1 64999
    ask 33 64999
    ask 33 33
    control reload hsasync.service
    until_so StatusText reloaded
    value StatusText
    socket=$(stat -c %i /run/hsasync/control)
    control restart hsasync.service
    state restarted "active active"
    [ "$socket" = "$(stat -c %i /run/hsasync/control)" ] && echo "the same socket"
    kill -9 "$(value MainPID)"
    until_so NRestarts 1
    state killed "active active"
    ask 1 64999
    control stop hsasync.service
    state stopped "inactive inactive"
    ask 1 64999
    state asked "inactive inactive"
    control start hsasync.service
    kill -USR2 "$(value MainPID)"
    state "configuration wrong" "failed inactive"
    ask 1 64999
    state "asked again" "failed inactive"
    control start hsasync.service
    state "started again" "active active"
    """#

  private func unit(_ name: String) throws -> String {
    String(decoding: try Repository.bytes("systemd/\(name)"), as: UTF8.self)
      .replacing(
        "/usr/bin/hsasync run --config /etc/hsasync/hsasync.yaml", with: "/usr/bin/python3 /mnt/service"
      )
      .replacing("/etc/hsasync/ldap", with: "/mnt/ldap").replacing("RestartSec=15", with: "RestartSec=1")
      .replacing(
        "[Service]\n", with: "[Service]\nStandardOutput=append:/mnt/log\nStandardError=append:/mnt/log\n")
  }

  @Test(.enabled(if: PrivateSystemd.isPossible))
  func `start, reload, restart and end as they should, and stay stopped`() async throws {
    let manager = try PrivateSystemd(files: [
      "units/hsasync.service": unit("hsasync.service"), "units/hsasync.socket": unit("hsasync.socket"),
      "service": Self.service, "ldap": "secret\n", "log": "",
    ])
    let said = try await manager.run(Self.steps)
    #expect(
      said == [
        "started: active active", "in sync", "srw-rw---- hsasync hsasync", "drwx------ hsasync hsasync",
        "answer to 1 of 64999", "answer to 33 of 64999", "PermissionError", "reloaded",
        "restarted: active active", "the same socket", "killed: active active", "answer to 1 of 64999",
        "stopped: inactive inactive", "FileNotFoundError", "asked: inactive inactive",
        "configuration wrong: failed inactive", "FileNotFoundError", "asked again: failed inactive",
        "started again: active active",
      ], "\(manager.text("log"))\(manager.text("console"))")
    let told = manager.text("log").split(separator: "\n").prefix(13).map(String.init)
    #expect(
      told == [
        "user 64999 64999", "credential secret", "watchdog 60000000", "write /etc refused",
        "write /mnt refused",
        "write /run refused", "write /run/hsasync done", "write /var/lib/hsasync done", "write /tmp done",
        "list /home refused", "lower priority refused", "packets refused", "namespace refused",
      ])
  }
}
