/** Entries as doors see them. */
import type { Entry } from '../types.ts'
import type { AccessOrNothing } from './access.ts'
import type { ToldEntry } from './folder-work.ts'
import type { SelfRow } from './rows.ts'

/** Whoever is no account. */
const GUEST = 'guest'

/** @param self of a folder: it knows when something came or went in it. */
export function entryOf(
  row: ToldEntry,
  at: {
    readonly path: string
    readonly access: Exclude<AccessOrNothing, 'nothing'>
    readonly self: SelfRow | undefined
  },
): Entry {
  const { access, path, self } = at
  const { createdMs, file, id, mode, name, owner, properties, revision } = row
  return {
    id,
    name,
    path,
    kind: file === undefined ? 'folder' : 'file',
    bytes: file?.bytes ?? 0,
    modifiedMs: Math.max(row.modifiedMs, self?.modifiedMs ?? 0),
    createdMs,
    owner: owner === '' ? GUEST : owner,
    mode,
    etag: self === undefined ? `${id}.${revision}` : `${id}.${revision}.${self.changes}`,
    sha256: file?.sha256,
    ...(properties === undefined ? {} : { properties }),
    access,
  }
}

const FIRST_REVISION = 1

/** It was made by the change that tells it. */
export function isNew({ revision }: ToldEntry): boolean {
  return revision === FIRST_REVISION
}
