import Foundation
import Testing

@testable import Agent

/// Certificates and lists made by another hand than swift-certificates and this folder.
@Suite struct OpenSSLTests {
  static let configuration = """
    [ca]
    default_ca = issuing
    [issuing]
    database = index.txt
    serial = serial
    crlnumber = number
    new_certs_dir = .
    default_md = sha256
    policy = anything
    default_days = 30
    default_crl_days = 7
    crl_extensions = list
    x509_extensions = card
    [anything]
    commonName = supplied
    serialNumber = optional
    [list]
    authorityKeyIdentifier = keyid:always
    [req]
    distinguished_name = none
    prompt = no
    [none]
    [authority]
    basicConstraints = critical,CA:true,pathlen:0
    keyUsage = critical,keyCertSign,cRLSign
    subjectKeyIdentifier = hash
    [card]
    basicConstraints = CA:false
    keyUsage = critical,digitalSignature
    extendedKeyUsage = clientAuth
    authorityKeyIdentifier = keyid
    subjectKeyIdentifier = hash
    certificatePolicies = 1.2.3.4,@qualified
    subjectAltName = email:prov@example.invalid
    crlDistributionPoints = URI:http://crl.example.invalid/prov.crl
    authorityInfoAccess = OCSP;URI:http://ocsp.example.invalid
    [qualified]
    policyIdentifier = 1.2.752.1.2.3
    CPS.1 = "http://cps.example.invalid"
    """

  @Test(arguments: [["rsa:2048"], ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]])
  func `cards and lists made with openssl are judged like others`(_ kind: [String]) throws {
    let folder = try CardFolder()
    let openssl = OpenSSL(folder)
    try openssl.write(OpenSSLTests.configuration, "conf")
    try openssl.write("", "index.txt")
    try openssl.write("1000\n", "serial")
    try openssl.write("01\n", "number")
    let request = ["req", "-config", "conf", "-newkey"] + kind + ["-nodes"]
    try openssl.run(
      request + [
        "-x509", "-keyout", "ca.key", "-out", "ca.pem", "-days", "90", "-subj", "/O=Prov/CN=Prov CA",
        "-extensions", "authority",
      ])
    for name in ["SE1-1", "SE1-2"] {
      try openssl.run(
        request + ["-keyout", "k", "-out", "r", "-subj", "/CN=Prov Provsson/serialNumber=\(name)"])
      try openssl.run(
        [
          "ca", "-batch", "-config", "conf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in", "r", "-out",
          "\(name).pem", "-notext",
        ])
    }
    try openssl.run(
      [
        "ca", "-config", "conf", "-cert", "ca.pem", "-keyfile", "ca.key", "-revoke", "SE1-2.pem",
        "-crl_reason",
        "certificateHold",
      ])
    try openssl.run(
      ["ca", "-config", "conf", "-cert", "ca.pem", "-keyfile", "ca.key", "-gencrl", "-out", "list.pem"])
    try check(folder)
  }

  private func check(_ folder: CardFolder) throws {
    let instant = Date()
    let issuers = try IssuerCertificates(files: [folder.path + "/ca.pem"], at: instant)
    let lists = RevocationLists(files: [folder.path + "/list.pem"], issuers: issuers)
    #expect(lists.faults.isEmpty)
    let judge = CertificateJudge(issuers: issuers, revocationLists: lists, policies: ["1.2.752.1.2.3"])
    #expect(try judge.judge(try der("SE1-1", folder), at: instant).identity == "SE1-1")
    let held = try der("SE1-2", folder)
    #expect(throws: CertificateFault(.revoked)) { try judge.judge(held, at: instant) }
  }

  private func der(_ name: String, _ folder: CardFolder) throws -> [UInt8] {
    let octets = try CertificateFileFault.contents(of: folder.path + "/\(name).pem", limit: 1 << 16)
    return try #require(try PEMBlock.all(in: octets).first).der
  }
}
