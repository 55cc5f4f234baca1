/// The FNV-1a hash, 64 bits, with a last stir so that its low bits may index a table.
///
/// Not against an adversary: what an attacker can make collide costs time, and the sizes are bounded by the read.
package struct FNV: Sendable {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325
  package init() {}
  package mutating func add(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  package mutating func add(_ bytes: UnsafeRawBufferPointer) { for byte in bytes { add(byte) } }
  package mutating func add(_ number: UInt32) { withUnsafeBytes(of: number) { add($0) } }
  package var value: UInt64 {
    let mixed = (state ^ (state >> 33)) &* 0xff51_afd7_ed55_8ccd
    return mixed ^ (mixed >> 33)
  }
}

extension UInt8 {
  /// The octet with `a`-`z` made `A`-`Z`.
  package var asciiCapital: UInt8 { self &- 97 < 26 ? self & 0xDF : self }
}
