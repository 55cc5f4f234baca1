/// Syntaxes (RFC 4517 section 3.3) whose values are checked, by OID.
enum Syntax {
  private static let arc = "1.3.6.1.4.1.1466.115.121.1."
  static let boolean = arc + "7"
  static let distinguishedName = arc + "12"
  static let directoryString = arc + "15"
  static let generalizedTime = arc + "24"
  static let ia5String = arc + "26"
  static let integer = arc + "27"
  static let numericString = arc + "36"
  static let octetString = arc + "40"
  static let postalAddress = arc + "41"
  static let printableString = arc + "44"
  static let telephoneNumber = arc + "50"
  static let facsimile = arc + "22"
  static let jpeg = arc + "28"
  static let certificate = arc + "8"
  static let objectIdentifier = arc + "38"
}
