import Foundation
import TestKit
import Testing

/// What an operator's Ctrl-C does in the midst of an apply.
@Suite struct InterruptionTests {
  /// Starts an apply, freezes the server when the first writes are out, interrupts, and lets the server go on.
  private static let script = """
    import os, signal, subprocess, sys, time
    command, config, server = sys.argv[1], sys.argv[2], int(sys.argv[3])
    apply = subprocess.Popen([command, "apply", "--config", config, "--summary"], stdout=subprocess.PIPE, bufsize=0)
    said = b""
    while b"\\nPlan " not in said:
        octet = apply.stdout.read(1)
        if not octet: break
        said += octet
    time.sleep(0.03)
    os.kill(server, signal.SIGSTOP)
    try:
        time.sleep(0.2)
        apply.send_signal(signal.SIGINT)
        time.sleep(0.5)
        print("WAITING" if apply.poll() is None else "ENDED")
    finally:
        os.kill(server, signal.SIGCONT)
    print(apply.communicate(timeout=60)[0].decode())
    sys.exit(apply.returncode)
    """

  @Test func `interrupted, apply sends nothing more, waits for what was sent, and says what was done`()
    async throws
  {
    let region = try await SampleRegion()
    let config = Repository.path("conf/hsasync.yaml")
    let arguments = ["-c", Self.script, Command.path, config, String(region.slapd.pid)]
    let answer = try await Tool.run("python3", arguments, environment: region.environment, check: false)
    #expect(answer.code == 75, "\(answer)")
    // On a busy machine the server freezes before the first write is out: then there is nothing to wait for.
    if answer.output.contains("WAITING") {
      #expect(answer.output.contains("Stopped on request"))
      #expect(answer.output.contains(/Applied: [0-9]+ of [0-9]+ changes/))
    }
    #expect(answer.errors.contains("Stopping: nothing more is sent"))
    #expect(try await region.hsasync(["apply"]).code == 0)
    #expect(try await region.hsasync(["plan", "--detailed-exitcode"]).code == 0)
  }
}
