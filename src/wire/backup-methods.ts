/** How the member that collects a backup asks the others for their groups. */
import { Type } from 'typebox'

import { KIB, SECOND_MS } from '../base/limits.ts'
import { defineMethod } from './method.ts'
import { PARTITIONS } from './partition.ts'
import { Bytes, Partition } from './shapes.ts'

/** Entries of all groups that a member leads are committed long before. */
export const TAKEN_MS_MAX = 10 * SECOND_MS
/** A member that has to read and seal 256 KiB of rows, on a busy disk. */
const ROWS_MS_MAX = 30 * SECOND_MS
/** A whole group is read. */
const HASH_MS_MAX = 120 * SECOND_MS

/** One answer's rows: 6 ms of reading. */
export const ROWS_BYTES = 256 * KIB
export const ROWS_MAX = 512

const Backup = Type.Integer({ minimum: 1 })

/** Awaits the backup in these groups, before anybody begins it. */
export const backupAwait = defineMethod({
  name: 'backup.await',
  question: Type.Object({
    backup: Backup,
    groups: Type.Array(Partition, { minItems: 1, maxItems: PARTITIONS }),
  }),
  /** The newest number that they know; a backup needs a greater one. */
  answer: Type.Object({ knownMost: Type.Integer({ minimum: 0 }) }),
  timeoutMs: TAKEN_MS_MAX,
  idempotent: false,
})

/** Answers when all of them have come to it. @throws AnilloError BACKUP_MISSED */
export const backupTaken = defineMethod({
  name: 'backup.taken',
  question: Type.Object({ backup: Backup }),
  answer: Type.Object({}),
  timeoutMs: TAKEN_MS_MAX,
  idempotent: true,
})

/** What one of them knows about itself; `rowsHash` where it was asked for. */
export const backupGroup = defineMethod({
  name: 'backup.group',
  question: Type.Object({ backup: Backup, group: Partition, isHashed: Type.Boolean() }),
  answer: Type.Object({ meta: Bytes, rowsHash: Type.Optional(Type.String()) }),
  timeoutMs: HASH_MS_MAX,
  idempotent: true,
})

/** Rows of one of them from a key on, packed (`packEntries`); `next` where there are more. */
export const backupRows = defineMethod({
  name: 'backup.rows',
  question: Type.Object({ backup: Backup, group: Partition, from: Type.Optional(Bytes) }),
  answer: Type.Object({ rows: Bytes, next: Type.Optional(Bytes) }),
  timeoutMs: ROWS_MS_MAX,
  idempotent: true,
})

/** It is copied, or given up. */
export const backupEnd = defineMethod({
  name: 'backup.end',
  question: Type.Object({ backup: Backup }),
  answer: Type.Object({}),
  timeoutMs: TAKEN_MS_MAX,
  idempotent: true,
})
