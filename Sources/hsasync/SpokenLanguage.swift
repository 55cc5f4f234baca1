import ArgumentParser
import Directory
import Foundation

/// In which language people are spoken to by `seal` and `audit`.
struct SpokenLanguage: ParsableArguments {
  @Option(
    name: .customLong("language"),
    help: ArgumentHelp(
      "The language of text for people; without it that of the locale (LC_ALL, LC_MESSAGES, LANG).",
      valueName: "en|sv"),
    transform: { text in
      guard let language = Language(rawValue: text) else { throw ValidationError("--language is en or sv.") }
      return language
    })
  private var chosen: Language?

  var language: Language {
    let environment = ProcessInfo.processInfo.environment
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    return chosen ?? Language(locale: locale ?? "")
  }
}
