import Directory
import Foundation
import Reconciler

extension AgentEvent {
  /// One line: `2026-11-22 08:45:12 applied  3 changes were made (changes 3, run 12)`.
  package func line(_ language: Language = .english) -> String {
    let figures = figures.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.grouped)" }
    let told = (code.map { [$0] } ?? []) + figures
    let behind = told.isEmpty ? "" : " (\(told.joined(separator: ", ")))"
    return "\(RunsText.time(time)) \(name.rawValue)  \(VisibleText(message + behind).text)"
  }
}
