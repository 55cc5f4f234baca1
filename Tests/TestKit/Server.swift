import Foundation
import Synchronization

/// A server process under test: started with clean signals, ended by its pid, and ended even if the tests crash.
///
/// A companion shell reads from a socket whose other end only this process holds; when this process is gone, however
/// it went, the companion ends the server and removes its folder.
package final class Server: Sendable {
  /// The process id.
  package let pid: pid_t
  private let companion: pid_t
  private let leash: Int32
  private let isOver = Mutex(false)
  private let ending = Mutex<Int32?>(nil)

  /// Starts `program` (an absolute path) with its output going to the file `log`.
  package init(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], log: String,
    folder: TemporaryFolder
  ) throws {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw Failure("socketpair: \(String(cString: strerror(errno)))")
    }
    let environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    defer { close(ends[0]) }
    do {
      pid = try spawn(program, arguments, environment: environment, input: nil, log: log)
    } catch {
      close(ends[1])
      throw error
    }
    let script = "read x; kill -9 \(pid) 2>/dev/null; rm -rf '\(folder.path)'"
    do {
      companion = try spawn(
        "/bin/sh", ["-c", script], environment: environment, input: ends[0], log: "/dev/null")
    } catch {
      close(ends[1])
      kill(pid, SIGKILL)
      waitpid(pid, nil, 0)
      throw error
    }
    leash = ends[1]
  }

  deinit { stop() }

  /// What the process ended with, once it is known to have ended: its exit code, or a signal's number negated.
  package var exitCode: Int32? { ending.withLock { $0 } }

  /// Whether the process has ended by itself.
  package var hasEnded: Bool {
    isOver.withLock { isOver in
      var status: Int32 = 0
      if !isOver, waitpid(pid, &status, WNOHANG) == pid {
        isOver = true
        note(status)
        release()
      }
      return isOver
    }
  }

  /// Sends a signal: `SIGSTOP` freezes the server, `SIGCONT` lets it go on. Returns when it stands still.
  package func signal(_ number: Int32) {
    isOver.withLock { isOver in
      guard !isOver else { return }
      kill(pid, number)
      guard number == SIGSTOP else { return }
      var status: Int32 = 0
      // The signal stops one thread after the other; the kernel reports when the last has stopped.
      waitpid(pid, &status, WUNTRACED)
    }
  }

  /// Ends the process at once and waits until it is gone. Safe to call again.
  package func stop(_ number: Int32 = SIGKILL) {
    isOver.withLock { isOver in
      guard !isOver else { return }
      isOver = true
      kill(pid, number)
      if number != SIGKILL { kill(pid, SIGCONT) }
      var status: Int32 = 0
      waitpid(pid, &status, 0)
      note(status)
      release()
    }
  }

  /// `WIFEXITED` and its like of wait(2), which Swift does not import.
  private func note(_ status: Int32) {
    let signal = status & 0x7F
    ending.withLock { $0 = signal == 0 ? (status >> 8) & 0xFF : -signal }
  }

  private func release() {
    kill(companion, SIGKILL)
    waitpid(companion, nil, 0)
    close(leash)
  }
}

/// Starts a program with all signals at their defaults and unblocked.
///
/// Foundation's `Process` lets the child inherit this process's signal mask, and a server with `SIGTERM` blocked
/// cannot be stopped.
private func spawn(
  _ program: String, _ arguments: [String], environment: [String: String], input: Int32?, log: String
) throws -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  if let input {
    posix_spawn_file_actions_adddup2(&actions, input, 0)
  } else {
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  }
  posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
  posix_spawn_file_actions_adddup2(&actions, 1, 2)
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var all = sigset_t()
  var none = sigset_t()
  sigfillset(&all)
  sigemptyset(&none)
  posix_spawnattr_setsigdefault(&attributes, &all)
  posix_spawnattr_setsigmask(&attributes, &none)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
  let argv = ([program] + arguments).map { strdup($0) } + [nil]
  let envp = environment.map { strdup("\($0)=\($1)") } + [nil]
  defer { for pointer in argv + envp { free(pointer) } }
  var pid: pid_t = 0
  let code = posix_spawn(&pid, program, &actions, &attributes, argv, envp)
  guard code == 0 else { throw Failure("cannot start \(program): \(String(cString: strerror(code)))") }
  return pid
}
