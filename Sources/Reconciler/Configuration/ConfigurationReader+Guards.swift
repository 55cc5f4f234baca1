import Directory

extension ConfigurationReader {
  /// The limits under `guards:`; the standard ones where nothing is written. Which attributes hold members is the
  /// profile's to say.
  mutating func readGuards(_ node: YAMLNode?, _ profile: Profile?) -> GuardSettings {
    var settings = GuardSettings()
    if let node, !node.isNull {
      do throws(Findings) {
        settings = try GuardSettings(parsing: node, file: file)
      } catch {
        findings += error.all
      }
    }
    let members = profile?.references.filter { $0.value == .memberPeriod }.keys
    if let members, !members.isEmpty { settings.memberAttributes = Set(members) }
    return settings
  }
}
