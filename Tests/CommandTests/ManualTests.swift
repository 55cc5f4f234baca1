import TestKit
import Testing

/// What the command says of itself.
@Suite struct ManualTests {
  @Test(arguments: [
    [], ["check"], ["plan"], ["apply"], ["export"], ["explain"], ["seal"], ["audit"], ["audit", "verify"],
    ["runs"], ["undo"], ["release"], ["adopt"], ["roles"], ["roles", "plan"], ["roles", "push"],
    ["roles", "list"],
    ["roles", "explain"], ["roles", "coverage"], ["run"], ["status"], ["reconcile"], ["approve"], ["cancel"],
  ])
  func `help reads like a manual page`(verb: [String]) async throws {
    let answer = try await Command.run(verb + ["--help"])
    #expect(answer.code == 0)
    for part in ["OVERVIEW:", "USAGE:", "EXAMPLES", "EXIT CODES", "64  wrong use"] {
      #expect(answer.output.contains(part), "\(part)")
    }
    let manual = answer.output.split(separator: "USAGE:")[0]
    for line in manual.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
  }

  @Test func `the version is told`() async throws {
    let answer = try await Command.run(["--version"])
    #expect(answer.code == 0)
    #expect(answer.output.contains(/^[0-9]+\.[0-9]+\.[0-9]+\n$/))
  }

  @Test func `the completion script for bash is sound and knows the verbs`() async throws {
    let script = try await Command.run(["--generate-completion-script", "bash"])
    #expect(script.code == 0)
    let probe = """
      eval "$(cat)"
      COMP_WORDS=(hsasync pl); COMP_CWORD=1; COMP_LINE='hsasync pl'; COMP_POINT=10
      _hsasync hsasync pl hsasync; echo "${COMPREPLY[@]}"
      """
    let answer = try await Tool.run("bash", ["-c", probe], input: script.output)
    #expect(answer.output.contains("plan"))
    #expect(answer.errors == "")
  }

  @Test(arguments: [
    (["plan", "--no-such-option"], "--no-such-option"), (["plann"], "plann"),
    (["plan", "--format", "xml"], "xml"),
    (["plan", "--as-of", "2027-02-30"], "2027-02-30"), (["plan", "--summary", "--full"], "--full"),
    (["plan", "-W"], "--bind"), (["plan", "--bind", "cn=a,c=SE"], "--password-file"),
    (["plan", "--scope", "a=b=,,"], "--scope"), (["apply", "--format", "ldif"], "ldif"),
    (["plan", "--bind", "nobody", "-W"], "distinguished name"),
  ])
  func `wrong use ends with 64 and says what`(arguments: [String], word: String) async throws {
    let answer = try await Command.run(arguments)
    #expect(answer.code == 64, "\(answer)")
    #expect(answer.errors.contains(word), "\(answer.errors)")
    #expect(answer.output == "")
  }
}
