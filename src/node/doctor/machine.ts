/** What a member needs of its machine: Node, room and speed of the disk, files that may be open. */
import { constants } from 'node:fs'
import { open, readFile, statfs } from 'node:fs/promises'

import { MIB } from '../../base/limits.ts'
import type { Findings } from './finding.ts'

/** As in tools/setup/runtime.mjs. */
const NODE_MAJOR_MIN = 24
/** So many times what is kept back is little. */
const LITTLE_ROOM = 10
/** A leader slower than this hands its groups over (src/store/group/limits.ts). */
const SYNC_MS_MAX = 500
/** Puts wait for it: more than this is felt. */
const SYNC_MS_SLOW = 50
const SYNCS = 5
/** Connections of 10,000 clients, and what a member itself needs. */
const OPEN_FILES_FEW = 4_096

/** A file without a name, gone when it is closed (open(2)); Node knows the flag by number alone. */
const O_TMPFILE = 0o20200000

export function examineNode(findings: Findings, version: string): void {
  const major = Number.parseInt(version, 10)
  if (major >= NODE_MAJOR_MIN) return findings.ok('node', `Node.js ${version}`)
  findings.wrong(
    'node',
    `Node.js ${version} is too old`,
    `Run it with Node.js ${NODE_MAJOR_MIN} or newer; “npm start” brings its own.`,
  )
}

export async function examineDisk(
  findings: Findings,
  { path, reserveBytes }: { readonly path: string; readonly reserveBytes: number },
): Promise<void> {
  const { bavail, bsize } = await statfs(path)
  const freeBytes = bavail * bsize
  const free = `${Math.floor(freeBytes / MIB)} MiB are free on the disk of ${path}`
  const kept = `members keep ${reserveBytes / MIB} MiB free`
  if (freeBytes < reserveBytes) {
    const advice = 'Free some space: until then members refuse writes, and take deletes alone.'
    findings.wrong('disk.space', `${free}; ${kept}`, advice)
  } else if (freeBytes < LITTLE_ROOM * reserveBytes) {
    const advice = 'Free some space, or drain a member of this machine (npx anillo member drain).'
    findings.notice('disk.space', `${free}; ${kept} and refuse writes below`, advice)
  } else findings.ok('disk.space', free)
  await examineSpeed(findings, path)
}

/** On a file without a name: the directory stays as it is. */
async function examineSpeed(findings: Findings, path: string): Promise<void> {
  const tookMs = await slowestSync(path)
  if (tookMs === undefined) {
    findings.ok('disk.speed', 'the time of a sync cannot be measured here without writing a file')
    return
  }
  const text = `the slowest of ${SYNCS} syncs of the disk took ${tookMs.toFixed(1)} ms`
  if (tookMs > SYNC_MS_MAX) {
    const advice =
      'The disk is too slow, or busy with something else: members hand their groups over.'
    findings.wrong('disk.speed', text, advice)
  } else if (tookMs > SYNC_MS_SLOW) {
    const advice = 'Every write waits for a sync on two disks: look what else uses this one.'
    findings.notice('disk.speed', text, advice)
  } else findings.ok('disk.speed', text)
}

async function slowestSync(path: string): Promise<number | undefined> {
  try {
    const file = await open(path, constants.O_RDWR | O_TMPFILE, 0o600)
    try {
      let slowestMs = 0
      for (let count = 0; count < SYNCS; count++) {
        const startMs = performance.now()
        await file.write(new Uint8Array(SYNCED_BYTES), 0, SYNCED_BYTES, count * SYNCED_BYTES)
        await file.datasync()
        slowestMs = Math.max(slowestMs, performance.now() - startMs)
      }
      return slowestMs
    } finally {
      await file.close()
    }
  } catch {
    return undefined
  }
}

const SYNCED_BYTES = 4_096

/** `process` is an id, or `self`; nothing where the system does not say. */
export async function examineOpenFiles(findings: Findings, process: string): Promise<void> {
  const limits = await readFile(`/proc/${process}/limits`, 'utf8').catch(() => '')
  const most = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1])
  if (!Number.isSafeInteger(most)) return
  const text = `up to ${most} files and connections may be open at once`
  if (most >= OPEN_FILES_FEW) return findings.ok('open-files', text)
  const advice = `Raise the limit before members start: ulimit -n 65536.`
  findings.notice('open-files', text, advice)
}
