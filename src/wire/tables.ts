/**
 * Names of tables that belong to the ring and its services. Their doors keep what stands in them
 * whole, so `/v1/kv` refuses them; services use them freely. Names of services that a ring does not
 * have yet stand here too: a table that somebody fills today would stand in their way.
 */

/** Each name, and all that begin with it and a dot: `dweets` and `dweets.seen`. */
const SERVICE_TABLES: ReadonlySet<string> = new Set([
  ...'ring members settings locks schedule backups'.split(' '),
  ...'chunks chunkPins chunkPinsByAge chunkReferences chunksFree uploadsVoid'.split(' '),
  ...'users accounts sessions permissions invitations tokens audit'.split(' '),
  ...'pages scrapes crawls hosts robots frontier'.split(' '),
  ...'files folders uploads shares dweets follows timelines'.split(' '),
])

export const SERVICE_TABLE_NAMES: readonly string[] = [...SERVICE_TABLES]

export function isServiceTable(table: string): boolean {
  const dot = table.indexOf('.')
  return SERVICE_TABLES.has(dot === -1 ? table : table.slice(0, dot))
}
