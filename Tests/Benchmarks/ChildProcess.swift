import Foundation
import TestKit

/// A program run to its end, with what it cost.
struct ChildProcess {
  /// Seconds from start to end.
  let wall: Double
  /// Seconds of processor time, user and system.
  let processor: Double
  /// The most memory it had, in MB (1,000,000 octets); `nil` when it was less than this process itself had, whose
  /// figure the kernel hands down to what it starts.
  let peak: Double?
  /// The exit code; a signal's number negated.
  let code: Int32

  /// Runs a program found in `PATH`, its output going to the file `output`.
  static func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:],
    output: String = "/dev/null",
    errors: String
  ) throws -> ChildProcess {
    let floor = resident()
    let clock = ContinuousClock()
    let start = clock.now
    let pid = try spawn(program, arguments, environment: environment, output: output, errors: errors)
    var status: Int32 = 0
    var usage = rusage()
    while wait4(pid, &status, 0, &usage) < 0 {
      guard errno == EINTR else { throw Failure("wait4: \(String(cString: strerror(errno)))") }
    }
    let wall = clock.now - start
    let peak = Double(usage.ru_maxrss) * 1024 / 1e6
    return ChildProcess(
      wall: wall / .seconds(1), processor: seconds(usage.ru_utime) + seconds(usage.ru_stime),
      peak: peak > floor ? peak : nil, code: status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F))
  }

  private static func spawn(
    _ program: String, _ arguments: [String], environment: [String: String], output: String, errors: String
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    let whole = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let argv = ([program] + arguments).map { strdup($0) } + [nil]
    let envp = whole.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var pid: pid_t = 0
    let code = posix_spawnp(&pid, program, &actions, nil, argv, envp)
    guard code == 0 else { throw Failure("cannot start \(program): \(String(cString: strerror(code)))") }
    return pid
  }

  /// The most memory that this process had, in MB.
  static func resident() -> Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF.number, &usage)
    return Double(usage.ru_maxrss) * 1024 / 1e6
  }

  /// Seconds of user time that this process has used.
  static var ownUserTime: Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF.number, &usage)
    return seconds(usage.ru_utime)
  }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}

extension __rusage_who {
  /// The number that the C functions take.
  fileprivate var number: __rusage_who_t { __rusage_who_t(rawValue) }
}
