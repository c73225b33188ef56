/** What `anillo backup` does. */
import { randomUUID } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

import { present } from '../../base/assert.ts'
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import { sizeText } from '../../base/size-text.ts'
import { BackupClient } from '../../client/backups.ts'
import type { Manifest } from '../../node/backup/manifest.ts'
import { mending } from '../../node/backup/mending.ts'
import { tryRestore } from '../../node/backup/restore.ts'
import type { Vault } from '../../node/backup/sealed-parts.ts'
import {
  latestBackup,
  writeBackup,
  type Progress as Copied,
} from '../../node/backup/write-backup.ts'
import { dataPathOf } from '../../node/data-directory.ts'
import { operatorDoorsIn, type OperatorDoor } from '../../node/operator-key.ts'
import { withDataPath } from '../data-effects.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import { Progress } from '../progress.ts'
import { clientWorld } from '../reach.ts'
import { countText, durationText } from '../table.ts'
import { anilloVersion } from '../version.ts'
import { FILE_SUFFIX, lockOf, vaultAt } from './backup-place.ts'
import { restoringMember } from './restore.ts'

export interface BackupFlags {
  readonly to: string
  readonly check?: true
  readonly keyFile?: string
  readonly data?: string
  readonly json?: true
}

export async function runBackup(io: Io, flags: BackupFlags): Promise<ExitCode> {
  const dataPath = dataPathOf(flags.data, io.env)
  const doors = await operatorDoorsIn(dataPath)
  if (doors.length === 0) throw new AnilloError('DATA_ABSENT', { path: dataPath })
  const { lock, path: keyPath } = await lockOf(io, { dataPath, keyFile: flags.keyFile }, true)
  const vault = await vaultAt(flags.to, lock)
  try {
    const isTrial = flags.check === true
    const { manifest, keptMost } = await mending(
      async (doubted) => {
        const copying = { vault, doors, dataPath, doubted }
        const copied = await withDataPath(placeOf(flags.to), () => copy(io, copying))
        await check(io, { vault, manifest: copied.manifest, isTrial })
        return copied
      },
      (part) => line(io.err, `${part} of an earlier backup is damaged: it is copied anew`),
    )
    tell(io, { manifest, keptMost, keyPath, flags })
    return EXIT.done
  } finally {
    await vault.archive.close()
  }
}

/** The directory below which the archive names its files. */
function placeOf(to: string): string {
  const path = resolve(to)
  return path.endsWith(FILE_SUFFIX) ? dirname(path) : path
}

interface Copying {
  readonly vault: Vault
  readonly doors: readonly OperatorDoor[]
  readonly dataPath: string
  /** Parts of earlier backups that turned out damaged. */
  readonly doubted: ReadonlySet<string>
}

/** At the first member that answers. */
async function copy(
  io: Io,
  { vault, doors, dataPath, doubted }: Copying,
): Promise<{ readonly manifest: Manifest; readonly keptMost: number }> {
  const before = await latestBackup(vault)
  const world = await clientWorld(io, dataPath)
  const startedMs = performance.now()
  let copied: Copied = NOTHING
  using _ = new Progress(io, () => copyText(copied, performance.now() - startedMs))
  const known = (before?.partitions ?? [])
    .filter(({ part }) => !doubted.has(part))
    .map(({ partition, rowsHash }) => ({ partition, rowsHash }))
  let problem: AnilloError | undefined
  for (const door of doors) {
    try {
      const client = new BackupClient(world, door)
      await using held = await holdChunks(client)
      const manifest = await writeBackup(client.pieces({ known }), {
        vault,
        before,
        doubted,
        fetchChunk: (hash) => held.run(() => client.chunk(hash)),
        madeAt: new Date().toISOString(),
        version: anilloVersion(),
        onProgress: (progress) => {
          copied = progress
        },
      })
      const parts = new Set(before?.partitions.map(({ part }) => part))
      const kept = manifest.partitions.filter(({ part }) => parts.has(part))
      return { manifest, keptMost: kept.length }
    } catch (thrown) {
      if (!isAnilloError(thrown, 'RING_NOT_REACHABLE')) throw thrown
      problem = thrown
    }
  }
  throw present(problem, 'problem of the last door')
}

const HOLD_SECONDS = 15 * 60

/** Chunks that are let go meanwhile stay until all are copied. */
async function holdChunks(client: BackupClient) {
  const holder = randomUUID().replaceAll('-', '')
  await client.hold(holder, HOLD_SECONDS)
  let heldMs = performance.now()
  return {
    async run<T>(work: () => Promise<T>): Promise<T> {
      if (performance.now() - heldMs > (HOLD_SECONDS * SECOND_MS) / 3) {
        heldMs = performance.now()
        await client.hold(holder, HOLD_SECONDS)
      }
      return work()
    },
    async [Symbol.asyncDispose]() {
      // It ends by itself where nobody hears of it.
      await client.hold(holder, 0).catch(() => undefined)
    },
  }
}

const NOTHING: Copied = { partitions: 0, bytes: 0, bytesMax: 0, chunks: 0, chunkBytes: 0 }

function copyText(copied: Copied, tookMs: number): string {
  const { partitions, bytes, bytesMax, chunks, chunkBytes } = copied
  if (chunks > 0) return `${countText(chunks, 'chunk')}, ${sizeText(chunkBytes)}`
  if (bytesMax === 0) return 'bringing all partitions to one moment'
  const share = Math.min(1, bytes / bytesMax)
  const leftMs = share === 0 ? undefined : (tookMs * (1 - share)) / share
  const left = leftMs === undefined ? '' : `, about ${durationText(leftMs)} left`
  return `partition ${partitions + 1} of 64, ${sizeText(bytes)} of ${sizeText(bytesMax)}${left}`
}

interface Checking {
  readonly vault: Vault
  readonly manifest: Manifest
  readonly isTrial: boolean
}

async function check(io: Io, { vault, manifest, isTrial }: Checking): Promise<void> {
  if (!isTrial) return
  let done = 0
  using _ = new Progress(io, () => `restoring it for a trial, partition ${done + 1} of 64`)
  const onProgress = (partitions: number): void => {
    done = partitions
  }
  const dataPath = join(await mkdtemp(join(tmpdir(), 'anillo-trial-')), 'data')
  const member = restoringMember({ http: TRIAL_PORT })
  const trial = {
    vault,
    manifest,
    dataPath,
    member,
    passphrase: undefined,
    onProgress,
  }
  const problems = await tryRestore({ ...trial, logLevel: 'error' })
  if (problems.length === 0) return
  throw new AnilloError('BACKUP_DAMAGED', { part: 'a trial restore', problem: problems.join('; ') })
}

/** It is never listened on. */
const TRIAL_PORT = 9_100

function checkedText({ chunks }: Manifest, { check: isTrial }: BackupFlags): string {
  if (isTrial === true) return 'It was restored for a trial and is whole.'
  if (chunks.count === 0) return 'It was read back and is whole.'
  return 'Its records were read back and are whole; “--check” looks at the chunks, too.'
}

interface Told {
  readonly manifest: Manifest
  readonly keptMost: number
  readonly keyPath: string | undefined
  readonly flags: BackupFlags
}

function tell(io: Io, { manifest, keptMost, keyPath, flags }: Told): void {
  const { number, chunks, contentHash, partitions } = manifest
  const records = partitions.reduce((sum, part) => sum + part.records, 0)
  if (flags.json) {
    const key = keyPath === undefined ? {} : { keyFile: keyPath }
    const told = { to: flags.to, number, contentHash, records, chunks }
    jsonLine(io, { ...told, partitionsKept: keptMost, ...key })
    return
  }
  const kept = keptMost === 0 ? '' : `, ${countText(keptMost, 'partition')} unchanged`
  const files = `${countText(chunks.count, 'chunk')} (${sizeText(chunks.bytes)})`
  line(io.out, `backup ${number}: ${countText(records, 'record')}, ${files}${kept}`)
  line(io.out, `content ${contentHash}`)
  line(io.err, checkedText(manifest, flags))
  if (keyPath === undefined) return
  line(io.err, `Its key is ${keyPath}: keep a copy elsewhere, nothing opens the backup without it.`)
}
