import GRDB

/// The index's tables. They have no history: a file of another form is deleted and begun anew.
enum IndexSchema {
  /// Marks the file as ours: "hsai" in ASCII.
  static let applicationID: Int32 = 0x6873_6169
  /// Goes into the binding: change it with the tables or the coding of entries.
  static let form = "2"

  /// - `entry`: a row without uuid stands for a container that has not come yet, and holds its children. `parent` is
  ///   0 for the base. `isOut`: another entry has come to its place, and where it is now nobody has told.
  /// - `candidate`: entries of which it must be asked whether they still are there. `unread`: those of which there is
  ///   more to read: they are there and have not been sent, or what lies under them has not.
  /// - `touched`: `sort` 0 an HSA-id, 1 structure, 2 all. `first` and `last` number the first and the last time.
  /// - Times are seconds since 1970.
  static let tables = """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
    CREATE TABLE entry (
      id INTEGER PRIMARY KEY, uuid BLOB UNIQUE, parent INTEGER NOT NULL, rdnKey TEXT NOT NULL, rdn BLOB NOT NULL,
      isOut INTEGER NOT NULL DEFAULT 0, kind INTEGER NOT NULL DEFAULT -1, isContainer INTEGER NOT NULL DEFAULT 1,
      isProvider INTEGER NOT NULL DEFAULT 0, identity TEXT, content BLOB
    ) STRICT;
    CREATE INDEX entryOfPlace ON entry(parent, rdnKey);
    CREATE TABLE link (
      entry INTEGER NOT NULL, sort INTEGER NOT NULL, target TEXT NOT NULL, PRIMARY KEY (entry, sort, target)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE boundary (entry INTEGER NOT NULL, at REAL NOT NULL, PRIMARY KEY (entry, at)) STRICT, WITHOUT ROWID;
    CREATE TABLE tally (kind INTEGER PRIMARY KEY, count INTEGER NOT NULL) STRICT;
    CREATE TABLE candidate (entry INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE unread (uuid BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
    CREATE TABLE touched (
      sort INTEGER NOT NULL, identity TEXT NOT NULL, first INTEGER NOT NULL, since REAL NOT NULL,
      last INTEGER NOT NULL, lastSince REAL NOT NULL, PRIMARY KEY (sort, identity)
    ) STRICT, WITHOUT ROWID;
    """

  /// What is only needed to plan, made once the whole content is there: to keep it meanwhile would write every page of
  /// it anew for each batch.
  static let indices = """
    CREATE INDEX IF NOT EXISTS entryOfIdentity ON entry(identity) WHERE identity IS NOT NULL;
    CREATE INDEX IF NOT EXISTS linkByTarget ON link(target, sort, entry);
    CREATE INDEX IF NOT EXISTS boundaryByTime ON boundary(at, entry);
    """

  /// Keys of `meta` that are the index's own; those of others begin with `value.`.
  enum Meta {
    static let binding = "binding"
    static let cookie = "cookie"
    static let complete = "complete"
  }
}
