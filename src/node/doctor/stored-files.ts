/**
 * What a member stores, looked through without changing a byte of it: the whole log, the pages and
 * the index of the database, the chunks; `deep` also opens every value and every chunk.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as breathe, setTimeout as pause } from 'node:timers/promises'

import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { MIB } from '../../base/limits.ts'
import type { Disk } from '../../effects/disk.ts'
import { platformCipher } from '../../platform/cipher.ts'
import { checkDatabase } from '../../platform/database-check.ts'
import { ReadingConnection } from '../../platform/database-reader.ts'
import { platformRandom } from '../../platform/random.ts'
import { HEADER_BYTES, openChunkFile, readIndex } from '../../store/chunks/chunk-file.ts'
import { checkedChunk } from '../../store/chunks/sound-chunk.ts'
import { recover } from '../../store/log/recover.ts'
import { Sealer } from '../../store/state/sealer.ts'
import { isChunkHash } from '../../wire/chunks.ts'
import { refuseLostStore } from '../store/store-mark.ts'
import type { Findings } from './finding.ts'

export interface StoredPlace {
  readonly path: string
  readonly disk: Disk
  /** The member's, of 32 bytes. */
  readonly key: Uint8Array
  readonly isRunning: boolean
  readonly isDeep: boolean
}

/** Bytes looked through, of all that there are to look through. */
export type Looked = (bytes: number) => void

const STORE = 'store'
const LOG = `${STORE}/log`
const STATE = `${STORE}/state`
const CHUNKS = `${STORE}/chunks`

/** A running member takes segments away while they are read: then it is read again. */
const LOG_TRIES = 4
const LOG_PAUSE_MS = 500

/** Named to a person; of more only the number. */
const NAMED_MAX = 3

const GIVE_UP =
  'Start the member: it gives these files up and is made anew from the others. If it is the only ' +
  'one that holds them, restore a backup instead.'

/** Bytes that a look will go through. */
export async function bytesToLookAt({ path, disk, isDeep }: StoredPlace): Promise<number> {
  let bytes = await sizeOf(join(path, STATE))
  for (const name of await disk.list(LOG)) bytes += await sizeOf(join(path, LOG, name))
  if (!isDeep) return bytes
  bytes += await sizeOf(join(path, STATE))
  for await (const file of chunkFiles(disk)) bytes += await sizeOf(join(path, file))
  return bytes
}

export async function examineStored(
  findings: Findings,
  place: StoredPlace,
  looked: Looked,
): Promise<void> {
  await examineLog(findings, place)
  for (const name of await place.disk.list(LOG)) looked(await sizeOf(join(place.path, LOG, name)))
  await examineDatabase(findings, place, looked)
  await examineChunks(findings, place, looked)
}

async function examineLog(findings: Findings, place: StoredPlace): Promise<void> {
  const { disk, key, isRunning } = place
  const triesMax = isRunning ? LOG_TRIES : 1
  for (let tries = 1; ; tries++) {
    try {
      await refuseLostStore(disk, LOG)
      const { listed, tornBytes } = await recover({
        disk,
        cipher: platformCipher(),
        key,
        path: LOG,
      })
      const torn = tornBytes === 0 || isRunning ? '' : `; ${tornBytes} bytes at its end are torn`
      findings.ok('log', `its log holds (segments: ${listed.length})${torn}`)
      return
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      if (tries < triesMax) await pause(LOG_PAUSE_MS)
      else return findings.wrong('log', toldBelow(place, thrown), GIVE_UP)
    }
  }
}

/** With the whole path of the file. */
function toldBelow({ path }: StoredPlace, error: AnilloError): string {
  const { path: file } = error.details
  if (typeof file !== 'string' || file.startsWith('/')) return error.message
  return new AnilloError(error.code, { ...error.details, path: join(path, file) }).message
}

async function examineDatabase(
  findings: Findings,
  place: StoredPlace,
  looked: Looked,
): Promise<void> {
  const file = join(place.path, STATE)
  const bytes = await sizeOf(file)
  if (bytes === 0) return findings.ok('database', 'it has no database as yet')
  const where = { path: file, file: await readableName(file) }
  const problem = await checkDatabase(where)
  looked(bytes)
  if (problem !== undefined) {
    return findings.wrong('database', `${file} is damaged: ${problem}`, GIVE_UP)
  }
  if (!place.isDeep) return findings.ok('database', 'the pages and the index of its database hold')
  try {
    const rows = await openAll(where, { key: place.key, bytes, looked })
    findings.ok('database', `its database holds, and all ${rows} values in it open`)
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    findings.wrong('database', thrown.message, GIVE_UP)
  }
}

/**
 * Where no WAL file lies beside it, nobody writes: SQLite is told so, and makes no files of its own
 * (sqlite.org/uri.html, *immutable*).
 */
async function readableName(file: string): Promise<string> {
  if ((await sizeOf(`${file}-wal`)) > 0) return file
  return `file:${encodeURI(file)}?immutable=1`
}

const ROWS_AT_ONCE = 1_024

/** @throws AnilloError DATA_DAMAGED */
async function openAll(
  where: { readonly path: string; readonly file: string },
  {
    key,
    bytes,
    looked,
  }: { readonly key: Uint8Array; readonly bytes: number; readonly looked: Looked },
): Promise<number> {
  const reading = new ReadingConnection(where)
  const sealer = new Sealer({ cipher: platformCipher(), random: platformRandom(), key })
  let from = new Uint8Array(0)
  let rows = 0
  let left = bytes
  try {
    for (;;) {
      const entries = reading.scan({ from, limit: ROWS_AT_ONCE, bytesMax: MIB })
      for (const { key: rowKey, value } of entries) {
        if (sealer.open(value, rowKey) === undefined) {
          const problem = `the value of row ${Buffer.from(rowKey).toString('hex')} was changed`
          throw new AnilloError('DATA_DAMAGED', { path: where.path, problem })
        }
        const told = Math.min(left, rowKey.length + value.length)
        left -= told
        looked(told)
      }
      rows += entries.length
      const last = entries.at(-1)
      if (last === undefined) break
      from = new Uint8Array([...last.key, 0])
      await breathe()
    }
  } finally {
    reading.close()
  }
  looked(left)
  return rows
}

async function examineChunks(
  findings: Findings,
  place: StoredPlace,
  looked: Looked,
): Promise<void> {
  const bad: string[] = []
  let count = 0
  for await (const file of chunkFiles(place.disk)) {
    count++
    if (place.isDeep) looked(await sizeOf(join(place.path, file)))
    if (!(await isSoundChunk(place, file))) bad.push(join(place.path, file))
  }
  const how = place.isDeep ? 'hold, to the last byte' : 'begin as they should'
  if (bad.length === 0) return findings.ok('chunks', `its chunks ${how} (${count})`)
  const more = bad.length > NAMED_MAX ? ` and ${bad.length - NAMED_MAX} more` : ''
  findings.wrong(
    'chunks',
    `${bad.length} of ${count} chunks are damaged: ${bad.slice(0, NAMED_MAX).join(', ')}${more}`,
    'The running member fetches them again from others when it reads or scrubs them.',
  )
}

async function* chunkFiles(disk: Disk): AsyncGenerator<string> {
  for (const directory of await disk.list(CHUNKS)) {
    for (const name of await disk.list(`${CHUNKS}/${directory}`)) {
      if (isChunkHash(name)) yield `${CHUNKS}/${directory}/${name}`
    }
  }
}

/** One that is gone meanwhile was taken away by its member. */
async function isSoundChunk({ disk, key, isDeep }: StoredPlace, file: string): Promise<boolean> {
  const hash = file.slice(file.lastIndexOf('/') + 1)
  if (isDeep) {
    const bytes = await disk.read(file)
    if (bytes === undefined) return true
    const found = openChunkFile({ cipher: platformCipher(), key }, hash, bytes)
    return found !== undefined && checkedChunk(hash, found.bytes) !== undefined
  }
  const opened = await disk.open(file, 'read').catch(() => undefined)
  if (opened === undefined) return true
  try {
    return readIndex(await opened.read(0, HEADER_BYTES)) !== undefined
  } finally {
    await opened.close()
  }
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  )
}
