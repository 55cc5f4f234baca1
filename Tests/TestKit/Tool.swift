import Subprocess
import SystemPackage

/// Runs a program to its end.
package enum Tool {
  /// What a program said and how it ended.
  package struct Answer: Sendable {
    package let output: String
    package let errors: String
    /// The exit code; a signal's number negated.
    package let code: Int32
  }

  /// Runs a program found in `PATH` or the system folders, to its end.
  ///
  /// - Throws: ``Failure`` with all it said when it ends with another code than 0 and `check` is on.
  @discardableResult
  package static func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], input: String = "",
    in folder: String? = nil, check: Bool = true
  ) async throws -> Answer {
    let executable: Executable = program.hasPrefix("/") ? .path(FilePath(program)) : .name(program)
    var custom: [Environment.Key: String?] = ["LC_ALL": "C.UTF-8"]
    for (name, value) in environment { custom[Environment.Key(rawValue: name) ?? "IGNORED"] = value }
    let result = try await Subprocess.run(
      executable, arguments: Arguments(arguments), environment: .inherit.updating(custom),
      workingDirectory: folder.map { FilePath($0) }, input: .string(input),
      output: .string(limit: 1 << 26), error: .string(limit: 1 << 26))
    let code: Int32 =
      switch result.terminationStatus {
      case .exited(let code): code
      case .signaled(let signal): -signal
      }
    let answer = Answer(output: result.standardOutput, errors: result.standardError, code: code)
    if check, code != 0 {
      let said = "\(answer.output)\(answer.errors)"
      throw Failure("\(program) \(arguments.joined(separator: " ")) ended with \(code): \(said)")
    }
    return answer
  }
}
