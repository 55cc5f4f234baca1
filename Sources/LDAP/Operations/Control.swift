/// An extension of one request (RFC 4511 section 4.1.11).
public struct Control: Hashable, Sendable {
  /// The object identifier in dotted form.
  public var oid: String
  /// Whether the server must refuse the request when it does not know the control.
  public var isCritical: Bool
  /// The control's value as encoded by its own document; `nil` for none.
  public var value: [UInt8]?

  /// Makes any control.
  public init(oid: String, isCritical: Bool = true, value: [UInt8]? = nil) {
    self.oid = oid
    self.isCritical = isCritical
    self.value = value
  }

  /// The object identifiers of the controls that this library knows.
  public enum OID {
    /// Assertion (RFC 4528).
    public static let assertion = "1.3.6.1.1.12"
    /// Pre-read (RFC 4527).
    public static let preRead = "1.3.6.1.1.13.1"
    /// Post-read (RFC 4527).
    public static let postRead = "1.3.6.1.1.13.2"
    /// ManageDsaIT (RFC 3296).
    public static let manageDsaIT = "2.16.840.1.113730.3.4.2"
    /// Permissive modify (Microsoft; OpenLDAP and 389-ds know it too).
    public static let permissiveModify = "1.2.840.113556.1.4.1413"
    /// Simple paged results (RFC 2696).
    public static let pagedResults = "1.2.840.113556.1.4.319"
    /// Sync request (RFC 4533 section 2.2).
    public static let syncRequest = "1.3.6.1.4.1.4203.1.9.1.1"
    /// Sync state, on each entry of a content sync (RFC 4533 section 2.3).
    public static let syncState = "1.3.6.1.4.1.4203.1.9.1.2"
    /// Sync done, on the final answer of a content sync (RFC 4533 section 2.4).
    public static let syncDone = "1.3.6.1.4.1.4203.1.9.1.3"
    /// Sync info, an intermediate answer (RFC 4533 section 2.5).
    public static let syncInfo = "1.3.6.1.4.1.4203.1.9.1.4"
  }

  /// The request is done only if the entry matches the filter, else it is refused with
  /// ``ResultCode/assertionFailed`` and nothing changes (RFC 4528). Critical.
  public static func assertion(_ filter: Filter) -> Control {
    Control(oid: OID.assertion, value: BERWriter.encode { filter.write(to: &$0) })
  }

  /// The answer shows these attributes as they were before the change (RFC 4527). Critical.
  public static func preRead(_ attributes: [String]) -> Control {
    Control(oid: OID.preRead, value: attributeSelection(attributes))
  }

  /// The answer shows these attributes as they are after the change (RFC 4527). Critical.
  public static func postRead(_ attributes: [String]) -> Control {
    Control(oid: OID.postRead, value: attributeSelection(attributes))
  }

  /// A referral or alias entry is treated as an entry (RFC 3296). Critical.
  public static let manageDsaIT = Control(oid: OID.manageDsaIT)

  /// Adding a value that is there, or deleting one that is not, is no error (1.2.840.113556.1.4.1413). Not critical.
  public static let permissiveModify = Control(oid: OID.permissiveModify, isCritical: false)

  /// Asks for one page of results (RFC 2696). Critical.
  ///
  /// - Parameters:
  ///   - size: how many entries, at least 1.
  ///   - cookie: what the page before came with; empty for the first.
  public static func paged(size: Int, cookie: [UInt8] = []) -> Control {
    let value = BERWriter.encode {
      $0.constructed(BERTag.sequence) {
        $0.integer(size)
        $0.primitive(BERTag.octetString, cookie)
      }
    }
    return Control(oid: OID.pagedResults, value: value)
  }

  /// Asks for the content, or what changed in it since a cookie (RFC 4533 section 2.2). Critical.
  ///
  /// - Parameter persists: whether the search goes on with what changes later (`refreshAndPersist`), or ends
  ///   (`refreshOnly`).
  public static func syncRequest(
    cookie: [UInt8]? = nil, reloadHint: Bool = false, persists: Bool = false
  ) -> Control {
    let value = BERWriter.encode {
      $0.constructed(BERTag.sequence) {
        $0.integer(persists ? 3 : 1, tag: BERTag.enumerated)
        if let cookie { $0.primitive(BERTag.octetString, cookie) }
        if reloadHint { $0.boolean(true) }
      }
    }
    return Control(oid: OID.syncRequest, value: value)
  }

  private static func attributeSelection(_ attributes: [String]) -> [UInt8] {
    BERWriter.encode {
      $0.constructed(BERTag.sequence) { writer in for name in attributes { writer.octets(name) } }
    }
  }
}
