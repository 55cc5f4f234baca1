import Directory
import Foundation
import GRDB

/// What can go wrong with the store, as the refusals that a person reads.
enum StoreFault {
  /// The refusal for an error of SQLite or of the system.
  static func refusal(_ error: any Error, _ folder: String) -> Refusal {
    if let refusal = error as? Refusal { return refusal }
    guard let error = error as? DatabaseError else {
      return Refusal(
        .storeUnavailable, .tryAgain, "the store in \(folder) cannot be used",
        advice: "see the system's journal for the disk")
    }
    switch error.resultCode {
    case .SQLITE_FULL: return full(folder)
    case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_DBMOVED:
      return Refusal(
        .storeUnavailable, .tryAgain, "the store in \(folder) was moved or removed while it was in use",
        advice: "leave it where it is, and run again")
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_CANTOPEN: return notPermitted(folder)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: return broken(folder)
    case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_WRITE && errno == ENOSPC:
      return full(folder)
    default:
      return Refusal(
        .storeUnavailable, .tryAgain,
        "the store in \(folder) cannot be used (SQLite result \(error.extendedResultCode.rawValue))",
        advice: "see the system's journal for the disk, and try again")
    }
  }

  /// The refusal for a failed system call.
  static func refusal(errno code: Int32, _ what: String, _ folder: String) -> Refusal {
    switch code {
    case ENOSPC, EDQUOT: full(folder)
    case EACCES, EPERM, EROFS: notPermitted(folder)
    default:
      Refusal(
        .storeUnavailable, .tryAgain, "\(what) in \(folder) failed (errno \(code))",
        advice: "see the system's journal for the disk, and try again")
    }
  }

  static func full(_ folder: String) -> Refusal {
    Refusal(
      .storeUnavailable, .tryAgain,
      "the disk that holds the store in \(folder) is full, and without a journal nothing is written",
      advice: "make room on that disk, and run again")
  }

  static func notPermitted(_ folder: String) -> Refusal {
    Refusal(
      .storeNotPermitted, .notPermitted, "the store in \(folder) may not be written by this user",
      advice: "run as the user that owns it, or name another folder under `store` in the configuration")
  }

  static func broken(_ folder: String) -> Refusal {
    Refusal(
      .storeBroken, .tryAgain, "the store in \(folder) is broken",
      advice: "the next run that writes sets it aside and begins a new one")
  }

  static func newer(_ folder: String) -> Refusal {
    Refusal(
      .storeNewer, .configurationWrong, "the store in \(folder) was written by a newer version of hsasync",
      advice: "run that version, or name another folder under `store` in the configuration")
  }

  static func foreign(_ folder: String) -> Refusal {
    Refusal(
      .storeForeign, .configurationWrong, "the database in \(folder) is not a store of hsasync",
      advice: "name another folder under `store` in the configuration")
  }
}
