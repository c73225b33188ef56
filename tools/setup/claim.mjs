/**
 * One installer at a time. Who wants to install writes a claim, a file with a name of its own, and
 * then looks for other live claims: of two that write at the same moment at least one sees the
 * other, and both withdraw for a random while. A claim is never broken, only ignored once it is
 * dead: its process and the npm that this one started are gone, or it was not renewed for long. So
 * there is no moment at which a stale lock is taken away from under a new holder.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { readTextIfAny, systemCode, writing } from './files.mjs'
import { tell } from './tell.mjs'

/** A holder renews its claim this often; its process must be stopped or gone to miss thirty. */
const RENEW_MS = 2_000

/** A claim that was not renewed for so long is dead, even where some process bears its number. */
export const CLAIM_AGE_MS_MAX = 60_000

/** How often a waiter looks again. */
const POLL_MS = 150

/** @typedef {{ pid: number, host: string }} Holder told by the name of a claim */

/**
 * Does `work` alone among all processes that share the folder of claims. Waits while another holds
 * it, and says so once; after each wait `needed` is asked again, since the other may have done it.
 * @param {string} folder
 * @param {() => boolean} needed
 * @param {(tellHelper: (pid: number) => void) => Promise<void>} work
 */
export async function alone(folder, needed, work) {
  let told = false
  while (needed()) {
    const held = tryClaim(folder)
    if (held.kind === 'claimed') {
      await whileRenewed(held.path, work)
      return
    }
    if (!told) tell(`waiting for another start (process ${held.by}) that is setting up`)
    told = true
    await sleep(POLL_MS + Math.random() * POLL_MS)
  }
}

/**
 * @param {string} folder
 * @returns {{ kind: 'claimed', path: string } | { kind: 'held', by: number }}
 */
export function tryClaim(folder) {
  writing(folder, () => mkdirSync(folder, { recursive: true }))
  const other = liveHolder(folder, undefined)
  if (other !== undefined) return { kind: 'held', by: other.pid }
  const name = nameOfClaim({ pid: process.pid, host: hostname() })
  const path = join(folder, name)
  writing(folder, () => writeFileSync(path, ''))
  const rival = liveHolder(folder, name)
  if (rival === undefined) return { kind: 'claimed', path }
  rmSync(path, { force: true })
  return { kind: 'held', by: rival.pid }
}

/** @param {Holder} holder */
export function nameOfClaim({ pid, host }) {
  return `${pid}~${randomBytes(4).toString('hex')}~${encodeURIComponent(host)}`
}

/**
 * @param {string} name
 * @returns {Holder}
 */
function holderNamed(name) {
  const [pid = '', , host = ''] = name.split('~')
  return { pid: Number.parseInt(pid, 10), host: decodeURIComponent(host) }
}

/**
 * @param {string} path
 * @param {(tellHelper: (pid: number) => void) => Promise<void>} work
 */
async function whileRenewed(path, work) {
  const renewing = setInterval(() => {
    const now = new Date()
    utimesSync(path, now, now)
  }, RENEW_MS)
  try {
    await work((helperPid) => writeFileSync(path, String(helperPid)))
  } finally {
    clearInterval(renewing)
    rmSync(path, { force: true })
  }
}

/**
 * The first live claim but one's own; dead ones are swept away: names are never used again.
 * @param {string} folder
 * @param {string | undefined} ownName
 * @returns {Holder | undefined}
 */
function liveHolder(folder, ownName) {
  for (const name of readdirSync(folder)) {
    if (name === ownName) continue
    if (isLive(join(folder, name), holderNamed(name))) return holderNamed(name)
    rmSync(join(folder, name), { force: true })
  }
  return undefined
}

/**
 * @param {string} path
 * @param {Holder} holder
 */
function isLive(path, holder) {
  const state = statSync(path, { throwIfNoEntry: false })
  if (state === undefined || Date.now() - state.mtimeMs > CLAIM_AGE_MS_MAX) return false
  if (holder.host !== hostname()) return true
  const helperPid = Number.parseInt(readTextIfAny(path) ?? '', 10)
  return runs(holder.pid) || (helperPid > 0 && runs(helperPid))
}

/** @param {number} pid */
function runs(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (problem) {
    return systemCode(problem) === 'EPERM'
  }
}
