import { DurableObject } from "cloudflare:workers";

// Receipts is the store: one object with a database of its own, so that every method is one step, and is
// on disk before its caller is answered. share.Store says what the methods mean.
export class Receipts extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS receipts (id TEXT PRIMARY KEY, doc TEXT NOT NULL, bytes INTEGER NOT NULL, lock TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS used (one INTEGER PRIMARY KEY, bytes INTEGER NOT NULL);
      INSERT OR IGNORE INTO used VALUES (1, 0);`);
  }

  row(id) {
    return this.sql.exec("SELECT doc, bytes, lock FROM receipts WHERE id = ?", id).toArray()[0];
  }

  // get gives a document, or null.
  get(id) {
    return this.row(id)?.doc ?? null;
  }

  // put answers "created", "there" or "full".
  put(id, doc, bytes, lock, ceiling) {
    const before = this.row(id);
    if (before?.doc === doc) return "there";
    const used = this.sql.exec("SELECT bytes FROM used").one().bytes - (before?.bytes ?? 0) + bytes;
    if (used > ceiling) return "full";
    this.sql.exec("INSERT OR REPLACE INTO receipts VALUES (?, ?, ?, ?)", id, doc, bytes, lock);
    this.sql.exec("UPDATE used SET bytes = ?", used);
    return "created";
  }

  // remove answers "removed", "unknown" or "locked".
  remove(id, lock) {
    const before = this.row(id);
    if (before === undefined) return "unknown";
    if (before.lock !== lock) return "locked";
    this.sql.exec("DELETE FROM receipts WHERE id = ?", id);
    this.sql.exec("UPDATE used SET bytes = bytes - ?", before.bytes);
    return "removed";
  }
}
