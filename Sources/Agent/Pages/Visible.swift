/// Shows what a text hides: every control, bidi override and invisible character becomes `\u{XXXX}`.
///
/// A file from outside may carry characters that reorder or hide what the ombud is about to approve. What
/// is read on the page must be what is written in the directory.
func visible(_ text: String) -> String {
  if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
  var shown = ""
  shown.reserveCapacity(text.utf8.count)
  for character in text {
    let scalars = character.unicodeScalars
    let isMarked = scalars.count > 1 && scalars.contains(where: isMarkup)
    for scalar in scalars {
      if isHidden(scalar) || (isMarked && !isMarkup(scalar)) {
        shown += spelled(scalar)
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
  }
  return shown
}

/// The characters that HTML gives a meaning.
///
/// The template engine escapes whole characters as a reader sees them, so a quote with a combining mark on
/// it would pass unescaped and end an attribute. Such a mark is spelled out, and the quote left bare for it.
private func isMarkup(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar {
  case "<", ">", "&", "\"", "'": true
  default: false
  }
}

/// Whether a scalar leaves no mark on the page or moves the marks of others.
private func isHidden(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator: true
  default: scalar.properties.isDefaultIgnorableCodePoint
  }
}

/// The scalar as Swift and many others write it in source text.
private func spelled(_ scalar: Unicode.Scalar) -> String {
  let digits = String(scalar.value, radix: 16, uppercase: true)
  let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
  return "\\u{\(zeros)\(digits)}"
}
