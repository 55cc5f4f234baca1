import Testing

@testable import Agent

@Suite struct `The states of an agent` {
  @Test func `each has a word of its own`() {
    #expect(Set(AgentState.allCases.map(\.rawValue)).count == AgentState.allCases.count)
  }
}
