import Glibc

/// Users and groups as the system knows them (nsswitch.conf(5)), with as much room for each answer as it takes: where
/// accounts come from a directory, one group may have thousands of members.
package enum NameService {
  /// A user's name, and the number of the group that is the user's first; `nil` where the system knows none.
  package static func user(_ uid: UInt32) -> (name: String, group: gid_t)? {
    answer { buffer, room in
      var entry = passwd()
      var found: UnsafeMutablePointer<passwd>?
      let code = getpwuid_r(uid, &entry, buffer, room, &found)
      guard code == 0, found != nil, let name = entry.pw_name else { return (code, nil) }
      return (code, (String(cString: name), entry.pw_gid))
    }
  }

  /// A group's number.
  package static func group(_ name: String) -> gid_t? {
    answer { buffer, room in
      var entry = Glibc.group()
      var found: UnsafeMutablePointer<Glibc.group>?
      let code = getgrnam_r(name, &entry, buffer, room, &found)
      return (code, code == 0 && found != nil ? entry.gr_gid : nil)
    }
  }

  /// All groups of a user (getgrouplist(3)).
  package static func groups(of name: String, first: gid_t) -> [gid_t] {
    var count: Int32 = 64
    while true {
      var groups = [gid_t](repeating: 0, count: Int(count))
      let room = count
      if getgrouplist(name, first, &groups, &count) >= 0 { return Array(groups.prefix(Int(count))) }
      // It has said how many there are; where it did not, those that fit count: no right comes of that that is not there.
      guard count > room, count <= 1 << 20 else { return Array(groups.prefix(Int(min(room, max(0, count))))) }
    }
  }

  /// Asks with more and more room for as long as there is too little of it (ERANGE), up to a limit in octets.
  ///
  /// - Parameter question: the number of the error, 0 for none, and what was found.
  static func answer<Found>(
    from room: Int = 1 << 12, upTo limit: Int = 1 << 26,
    _ question: (_ buffer: UnsafeMutablePointer<CChar>, _ room: Int) -> (code: Int32, found: Found?)
  ) -> Found? {
    var room = room
    while room <= limit {
      var buffer = [CChar](repeating: 0, count: room)
      let (code, found) = question(&buffer, room)
      switch code {
      case ERANGE: room *= 4
      case EINTR: continue
      default: return found
      }
    }
    return nil
  }
}
