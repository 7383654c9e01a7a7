import type Sqlite from "libsql";

export type Database = Sqlite.Database;
type Params = Record<string, string | number | null>;

export type Statement<P, Row> = {
  all(params: P): Row[];
  first(params: P): Row | undefined;
  /** @returns the rowid of the row it inserted last. */
  run(params: P): number;
};

/**
 * Prepares what runs often. `Row` is what the SQL selects and `P` names every parameter of it: the driver does not
 * complain about a missing one, it reuses the value of the call before.
 */
export function prepare<P extends Params, Row = never>(db: Database, sql: string): Statement<P, Row> {
  const statement = db.prepare<[P]>(sql);
  return {
    all: (params) => statement.all(params) as Row[],
    first: (params) => statement.all(params)[0] as Row | undefined,
    run: (params) => Number(statement.run(params).lastInsertRowid),
  };
}
