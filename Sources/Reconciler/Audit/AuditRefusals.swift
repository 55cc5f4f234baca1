import Glibc

// Why nothing is written: no audit record, no write.
extension Refusal {
  /// The system refused something of the log.
  init(audit path: String, errno code: Int32) {
    switch code {
    case ENOSPC, EDQUOT, EFBIG:
      self.init(
        .auditUnusable, .tryAgain,
        "there is no room for the audit log \(path), and nothing is written unrecorded",
        advice: "make room on its disk and run again")
    case EACCES, EPERM, EROFS:
      self.init(
        .auditUnusable, .notPermitted, "this user may not write the audit log \(path)",
        advice: "run as the user that owns it, on a file system that can be written")
    case ELOOP:
      self.init(
        .auditUnusable, .notPermitted, "the audit log \(path) is a symbolic link, and those are not followed",
        advice: "put the folder itself where `store` in the configuration says")
    default:
      self.init(
        .auditUnusable, .tryAgain, "the audit log \(path) cannot be used: \(String(cString: strerror(code)))",
        advice: "see the system's journal for the disk and run again")
    }
  }

  /// The log's disk failed to keep what it was given: whether it did is not known, and asking again would lie.
  init(auditLost path: String) {
    self.init(
      .auditUnusable, .tryAgain,
      "the disk did not confirm a record of the audit log \(path); nothing more is written by this run",
      advice: "see the system's journal for the disk, then run again: what was under way is read back first")
  }

  /// Somebody or something changed the end of the log.
  ///
  /// Not "try again": it is as wrong the next time, and a human must look before anything is written.
  init(auditUnsound path: String, line: Int? = nil, _ what: String) {
    self.init(
      .auditUnsound, .refused, "\(path)\(line.map { ":\($0)" } ?? ""): \(what); nothing is written",
      advice: "see `hsasync audit verify`; to begin a new log, move the folder away and keep it")
  }

  init(auditBusy path: String) {
    self.init(
      .auditUnusable, .tryAgain, "another process holds the audit log \(path)",
      advice: "wait until it is done and run again")
  }
}
