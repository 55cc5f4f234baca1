import Foundation
import GRDB

/// The store's tables, step by step as they came to be; a step that has been released is never changed.
enum StoreSchema {
  /// Marks the file as ours: "hsas" in ASCII.
  static let applicationID: Int32 = 0x6873_6173

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 runs and their operations") { try $0.execute(sql: runs) }
    migrator.registerMigration("2 what is remembered between runs") { try $0.execute(sql: memory) }
    migrator.registerMigration("3 plans that wait, and their approvals") { try $0.execute(sql: plans) }
    migrator.registerMigration("4 role changes, targets, and who is known") { try $0.execute(sql: roles) }
    migrator.registerMigration("5 what parts of a plan are measured against") {
      try $0.execute(sql: baseline)
    }
    migrator.registerMigration("6 the desired sets that were in force") { try $0.execute(sql: sets) }
    migrator.registerMigration("7 when runs began and ended") { try $0.execute(sql: times) }
    return migrator
  }

  private static let times = """
    CREATE INDEX runByEnd ON run(ended);
    CREATE INDEX runByBeginning ON run(began);
    """

  /// `before` is until when the same set had been in force before.
  private static let sets = """
    CREATE TABLE inForce (
      id INTEGER PRIMARY KEY AUTOINCREMENT, digest TEXT NOT NULL, since INTEGER NOT NULL, desired TEXT NOT NULL,
      before INTEGER
    ) STRICT;
    CREATE INDEX inForceByDigest ON inForce(digest, id);
    """

  private static let baseline = """
    CREATE TABLE baseline (one INTEGER PRIMARY KEY CHECK (one = 1), text BLOB NOT NULL) STRICT;
    """

  /// Times are milliseconds since 1970. `operation` is small so that it is counted quickly; the values, which are
  /// people's data and expire, are in `preimage`.
  private static let runs = """
    CREATE TABLE run (
      id INTEGER PRIMARY KEY AUTOINCREMENT, verb TEXT NOT NULL, actor TEXT NOT NULL, reason TEXT,
      began INTEGER NOT NULL, ended INTEGER, exitCode INTEGER, stop TEXT, interrupted INTEGER NOT NULL DEFAULT 0,
      instant INTEGER NOT NULL, base TEXT NOT NULL, digest TEXT NOT NULL, desired TEXT NOT NULL,
      endings INTEGER NOT NULL, part TEXT, changes INTEGER NOT NULL, undoes INTEGER
    ) STRICT;
    CREATE INDEX runByDigest ON run(digest);
    CREATE TABLE operation (
      id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run(id), number INTEGER NOT NULL,
      action TEXT NOT NULL, kind TEXT NOT NULL, identity TEXT NOT NULL, spelled TEXT NOT NULL,
      protected INTEGER NOT NULL, unit TEXT, provider TEXT, attributes TEXT NOT NULL,
      membersRemoved INTEGER NOT NULL, intended INTEGER NOT NULL, verdict TEXT, detail TEXT, attempts INTEGER NOT NULL DEFAULT 0,
      doubted INTEGER NOT NULL DEFAULT 0, settled INTEGER, recovered INTEGER NOT NULL DEFAULT 0,
      entryUUID TEXT, entryCSN TEXT
    ) STRICT;
    CREATE UNIQUE INDEX operationOfRun ON operation(run, number);
    CREATE INDEX operationOfEntry ON operation(identity, id);
    CREATE TABLE preimage (
      operation INTEGER PRIMARY KEY REFERENCES operation(id), change BLOB NOT NULL, before BLOB
    ) STRICT;
    """

  private static let memory = """
    CREATE TABLE accepted (
      one INTEGER PRIMARY KEY CHECK (one = 1), run INTEGER REFERENCES run(id), instant INTEGER NOT NULL,
      desired TEXT NOT NULL, observed TEXT NOT NULL, entries INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE context (server TEXT PRIMARY KEY, csn TEXT NOT NULL) STRICT;
    CREATE TABLE absentee (identity TEXT PRIMARY KEY, spelled TEXT NOT NULL, since INTEGER NOT NULL) STRICT;
    CREATE TABLE hold (
      identity TEXT PRIMARY KEY, spelled TEXT NOT NULL, run INTEGER NOT NULL, since INTEGER NOT NULL,
      desired TEXT NOT NULL
    ) STRICT;
    """

  private static let plans = """
    CREATE TABLE pending (
      digest TEXT NOT NULL, sha256 TEXT NOT NULL, code TEXT NOT NULL, actor TEXT NOT NULL, kept INTEGER NOT NULL,
      text BLOB NOT NULL, PRIMARY KEY (digest, sha256)
    ) STRICT;
    CREATE INDEX pendingByCode ON pending(code);
    CREATE TABLE approval (
      id INTEGER PRIMARY KEY AUTOINCREMENT, digest TEXT NOT NULL, sha256 TEXT NOT NULL, actor TEXT NOT NULL,
      given INTEGER NOT NULL, reason TEXT, usedBy INTEGER REFERENCES run(id)
    ) STRICT;
    CREATE INDEX approvalOfPlan ON approval(digest, sha256);
    """

  /// `value` may hold more than a role's name, and expires with the pre-images; so does what a target knows a
  /// stranger by. `doubted` is as in `operation`: nobody knew for a while what became of it.
  private static let roles = """
    CREATE TABLE rolePush (
      id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run(id), number INTEGER NOT NULL,
      target TEXT NOT NULL, direction TEXT NOT NULL, person TEXT NOT NULL, spelled TEXT NOT NULL,
      protected INTEGER NOT NULL, role TEXT NOT NULL, roleName TEXT NOT NULL, value TEXT, unit TEXT, provider TEXT,
      isEnding INTEGER NOT NULL, cause TEXT, rule TEXT, commission TEXT, entryUUID TEXT, intended INTEGER,
      attempts INTEGER NOT NULL DEFAULT 0, verdict TEXT, detail TEXT, doubted INTEGER NOT NULL DEFAULT 0,
      settled INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX rolePushOfRun ON rolePush(run, number);
    CREATE INDEX rolePushOfPerson ON rolePush(person, id);
    CREATE TABLE overdue (
      target TEXT NOT NULL, person TEXT NOT NULL, value TEXT NOT NULL, spelled TEXT NOT NULL, role TEXT NOT NULL,
      since INTEGER NOT NULL, attempts INTEGER NOT NULL, lastTried INTEGER NOT NULL, detail TEXT,
      protected INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (target, person, value)
    ) STRICT;
    CREATE TABLE targetState (
      name TEXT PRIMARY KEY, lastRead INTEGER, lastFailed INTEGER, fault TEXT, failures INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE known (
      identity TEXT PRIMARY KEY, spelled TEXT NOT NULL, entryUUID TEXT NOT NULL, since INTEGER NOT NULL
    ) STRICT;
    """
}

extension Date {
  /// As the store writes it: milliseconds since 1970.
  var stored: Int64 { Int64((timeIntervalSince1970 * 1_000).rounded()) }

  init(stored milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1_000) }
}
