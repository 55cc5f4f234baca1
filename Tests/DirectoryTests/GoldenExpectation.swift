import TestKit
import Testing

extension Golden {
  func expect(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    if let fault = try fault(in: text) { Issue.record("\(fault)", sourceLocation: sourceLocation) }
  }
}
