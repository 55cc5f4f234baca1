import LDAP

extension PersonalNumber {
  /// What stands in the place of a personal number that may not be shown.
  package static let mask = "••••"

  /// The text with every personal number in it masked: twelve characters, or with a hyphen before the last four, with
  /// or without the century.
  ///
  /// Only what has a date and a right check digit is one: a telephone number is left as it is.
  package static func masked(in text: String) -> String {
    var digits = 0
    for octet in text.utf8 where octet.isDigit { digits += 1 }
    guard digits >= 8 else { return text }
    let octets = Array(text.utf8)
    var result: [UInt8] = []
    var copied = 0
    var at = 0
    while at < octets.count {
      guard isWord(octets[at]) else {
        at += 1
        continue
      }
      let end = endOfWord(octets, from: at)
      guard let past = endOfNumber(octets, word: at..<end) else {
        at = end
        continue
      }
      result += octets[copied..<at]
      result += mask.utf8
      copied = past
      at = past
    }
    return copied == 0 ? text : String(decoding: result + octets[copied...], as: UTF8.self)
  }

  /// Where the number ends that begins with a word; `nil` when none does.
  private static func endOfNumber(_ octets: [UInt8], word: Range<Int>) -> Int? {
    if word.count == 12 { return isNumber(octets[word]) ? word.upperBound : nil }
    // 19900119-2385, 900119-2385; a plus sign for who is a hundred years old.
    guard word.count == 8 || word.count == 6, word.upperBound < octets.count,
      octets[word.upperBound] == UInt8(ascii: "-") || octets[word.upperBound] == UInt8(ascii: "+")
    else { return nil }
    let tail = word.upperBound + 1..<endOfWord(octets, from: word.upperBound + 1)
    guard tail.count == 4 else { return nil }
    let all = octets[word] + octets[tail]
    let candidates = all.count == 12 ? [Array(all)] : ["19", "20"].map { Array($0.utf8) + all }
    return candidates.contains { isNumber($0[...]) } ? tail.upperBound : nil
  }

  private static func isNumber(_ octets: ArraySlice<UInt8>) -> Bool {
    octets.withUnsafeBytes { (try? form(of: $0)) != nil }
  }

  private static func endOfWord(_ octets: [UInt8], from start: Int) -> Int {
    var end = start
    while end < octets.count, isWord(octets[end]) { end += 1 }
    return end
  }

  private static func isWord(_ octet: UInt8) -> Bool {
    octet.isDigit || (octet | 0x20) &- 97 < 26 || octet >= 0x80
  }
}
