/** What the running ring tells of itself: who is missing, who differs, what cannot be written. */
import { SECOND_MS } from '../../base/limits.ts'
import type { Enrolled, Ring } from '../../wire/api.ts'
import type { Findings } from './finding.ts'

/** Further off, leases and expiry are felt to be late; members log it, nothing breaks. */
export const CLOCK_OFF_MS_MAX = 2 * SECOND_MS
/** What a person may want to know. */
const CLOCK_OFF_MS_TOLD = 500

export function examineRing(findings: Findings, ring: Ring, version: string): void {
  examineMembers(findings, ring)
  examineClocks(findings, ring)
  examineVersions(findings, ring, version)
  examinePartitions(findings, ring)
  examineLost(findings, ring)
}

function examineMembers(findings: Findings, { enrolled = [], partitions }: Ring): void {
  const stay = enrolled.filter(({ state }) => state === 'active' || state === 'draining')
  const down = stay.filter(({ isUp, roles }) => !isUp && roles.includes('tweeter'))
  // Nobody is taken out of a list that cannot be written.
  const isStopped = partitions.some(({ margin = 0 }) => margin < 0)
  for (const { name, address } of down) {
    findings
      .of(name)
      .wrong(
        'reach',
        `${name} (${address}) does not answer`,
        `Start it, or let its machine be reached${isStopped ? '.' : `; if it will not come back: npx anillo member remove ${name}`}`,
      )
  }
  if (down.length === 0) findings.ok('reach', `all ${stay.length} members that are enrolled answer`)
  for (const { name, isDiskFull, isUp } of stay) {
    if (isDiskFull !== true || !isUp) continue
    const text = `the disk of ${name} is nearly full: writes to what it holds are refused`
    findings
      .of(name)
      .wrong('disk.full', text, `Free space there, or: npx anillo member drain ${name}`)
  }
}

function examineClocks(findings: Findings, { enrolled = [] }: Ring): void {
  const off = (member: Enrolled): number => Math.abs(member.clockOffMs ?? 0)
  const told = enrolled.filter((member) => off(member) > CLOCK_OFF_MS_TOLD)
  for (const member of told) {
    const { name, clockOffMs = 0 } = member
    const way = clockOffMs > 0 ? 'ahead of' : 'behind'
    const seconds = (off(member) / SECOND_MS).toFixed(1)
    const text = `the clock of ${name} is ${seconds} s ${way} that of the member that answered`
    const advice = `Have both machines set their clocks: timedatectl set-ntp true`
    if (off(member) > CLOCK_OFF_MS_MAX) findings.of(name).wrong('clock', text, advice)
    else findings.of(name).notice('clock', text, advice)
  }
  const most = Math.max(0, ...enrolled.map(off))
  if (told.length === 0) findings.ok('clock', `clocks differ by ${most} ms at most`)
}

function examineVersions(findings: Findings, { members }: Ring, version: string): void {
  const others = members.filter((member) => member.version !== version && member.state === 'up')
  if (others.length === 0) return findings.ok('version', `all run ${version}`)
  const list = others.map((member) => `${member.name} ${member.version}`).join(', ')
  findings.notice(
    'version',
    `this is anillo ${version}; there run ${list}`,
    'Update and restart them one after the other: docs/upgrade.md.',
  )
}

function examineLost(findings: Findings, { chunks }: Ring): void {
  const lost = chunks?.lost ?? 0
  if (lost === 0) return
  findings.wrong(
    'chunks.lost',
    `no member has a copy of ${lost} chunks that files or pages need`,
    'Restore a backup beside this ring, and take from it what cannot be read here: docs/backup.md.',
  )
}

/**
 * Too few members answer even to say who asks.
 * @param why names those that do not
 */
export function examineStopped(findings: Findings, why: string): void {
  findings.wrong('partitions', why, START_MISSING)
}

const START_MISSING =
  'Start the members that are missing; if too many are lost for good: docs/recover.md.'

function examinePartitions(findings: Findings, { partitions, mayFail, enrolled = [] }: Ring): void {
  const stopped = partitions.filter(({ margin = 0 }) => margin < 0)
  const leaderless = partitions.filter(({ leader, margin = 0 }) => leader === '' && margin >= 0)
  if (stopped.length > 0) {
    findings.wrong(
      'partitions',
      `${stopped.length} of ${partitions.length} partitions cannot be written: too few voters answer`,
      START_MISSING,
    )
  } else if (leaderless.length > 0) {
    const text = `${leaderless.length} partitions have no leader just now`
    findings.notice(
      'partitions',
      text,
      'If that lasts: the links between members are broken or slow.',
    )
  } else findings.ok('partitions', `all ${partitions.length} partitions can be written`)
  const lacking = partitions.flatMap(({ moves = [] }) => moves).filter(isLacking)
  if (lacking.length > 0) {
    const text = `${lacking.length} replicas have no member that could hold them`
    findings.notice('replicas', text, 'Add a member: npx anillo token, then npx anillo join there.')
  }
  const stores = enrolled.filter(
    ({ state, roles }) => state === 'active' && roles.includes('tweeter'),
  )
  if (mayFail === 0 && stores.length > 2 && stopped.length === 0) {
    const text = 'no member may fail just now'
    findings.notice(
      'margin',
      text,
      '“npx anillo status” tells what is being repaired, and until when.',
    )
  }
}

function isLacking({ waitsFor }: { readonly waitsFor: { readonly kind: string } | null }): boolean {
  return waitsFor?.kind === 'noMember'
}
