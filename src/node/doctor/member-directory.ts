/** What stands in a member's directory beside what it stores: who it is, its keys, its doors. */
import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { isAnilloError } from '../../base/errors.ts'
import { DAY_MS } from '../../base/limits.ts'
import type { Disk } from '../../effects/disk.ts'
import { readDoor, readFtpPort } from '../doors.ts'
import { parseAddress } from '../enrolment/endpoint.ts'
import {
  readCard,
  readCertificates,
  type Certificates,
  type MemberCard,
} from '../enrolment/ring-files.ts'
import { HTTP_PORT, portsAt, probePorts } from '../ports.ts'
import { refuseGivenUp } from '../store/given-up.ts'
import type { Findings } from './finding.ts'

export interface MemberPlace {
  readonly name: string
  readonly path: string
  readonly disk: Disk
}

/** Files that are worth as much as what they open. */
export const SECRETS = ['member.key', 'key.pem', 'ca.key', 'operator']

/** A ring's authority lives for years: time enough to found another. */
const AUTHORITY_DAYS_LEFT_MIN = 60

export interface ExaminedMember extends MemberCard {
  readonly certificates: Certificates
}

/** Whose directory it is; `undefined` where that cannot be read, which is told. */
export async function examineIdentity(
  findings: Findings,
  { disk, path }: MemberPlace,
): Promise<ExaminedMember | undefined> {
  try {
    await refuseGivenUp(disk)
    return { ...(await readCard(disk)), certificates: await readCertificates(disk) }
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    const advice =
      thrown.code === 'DATA_GIVEN_UP'
        ? 'Under “npx anillo up” it is made anew at the next start; else move the directory away and join.'
        : `Copy ${path} from a backup of this disk, or move it away and join the ring anew.`
    findings.wrong('identity', thrown.message, advice)
    return undefined
  }
}

export async function examineSecrets(
  findings: Findings,
  { path }: { readonly path: string },
  names: readonly string[] = SECRETS,
): Promise<void> {
  const open: string[] = []
  for (const name of names) {
    const file = join(path, name)
    const mode = await stat(file).then(
      (found) => found.mode,
      () => 0,
    )
    if ((mode & OTHERS) !== 0) open.push(file)
  }
  if (open.length === 0) return findings.ok('secrets', 'only its owner can read its keys')
  const files = open.join(' ')
  findings.wrong('secrets', `others can read ${files}`, `Close them: chmod 600 ${files}`)
}

const OTHERS = 0o077

export function examineCertificates(
  findings: Findings,
  { certificates }: ExaminedMember,
  { nowMs, isRunning }: { readonly nowMs: number; readonly isRunning: boolean },
): void {
  const own = datesOf(certificates.certificatePem)
  const authority = datesOf(certificates.authorityPem)
  if (own === undefined || authority === undefined) {
    const advice = 'Copy it from a backup of this disk, or have the member join anew.'
    return findings.wrong('certificates', 'a certificate cannot be read', advice)
  }
  if (own.fromMs > nowMs || authority.fromMs > nowMs) {
    const text = 'its certificate is not valid yet: this machine’s clock is behind'
    return findings.wrong('certificates', text, 'Set the clock (timedatectl set-ntp true).')
  }
  const authorityDays = Math.floor((authority.untilMs - nowMs) / DAY_MS)
  if (authorityDays < AUTHORITY_DAYS_LEFT_MIN) {
    const text = `the ring’s own certificate ends in ${authorityDays} days`
    return findings.wrong('certificates', text, 'Back up, and restore into a ring founded anew.')
  }
  const until = new Date(own.untilMs).toISOString().slice(0, 10)
  if (own.untilMs > nowMs)
    return findings.ok('certificates', `its certificate lasts until ${until}`)
  const text = `its certificate ended on ${until}`
  const renews = 'it is let in all the same, and renews it once it reaches the ring'
  if (isRunning) findings.wrong('certificates', text, `It does not reach a member that renews it.`)
  else findings.notice('certificates', text, `Start the member: ${renews}.`)
}

function datesOf(pem: string): { readonly fromMs: number; readonly untilMs: number } | undefined {
  try {
    const { validFrom, validTo } = new X509Certificate(pem)
    return { fromMs: Date.parse(validFrom), untilMs: Date.parse(validTo) }
  } catch {
    return undefined
  }
}

/** Of one that does not run: would its doors open? */
export async function examinePorts(
  findings: Findings,
  { path }: MemberPlace,
  { identity }: MemberCard,
): Promise<void> {
  const door = await readDoor(path)
  const http = Number(door === undefined ? Number.NaN : new URL(door).port)
  const rpc = parseAddress(identity.address)?.port
  const usual = portsAt(Number.isInteger(http) ? http : HTTP_PORT, await readFtpPort(path))
  const ports = { ...usual, rpc: rpc ?? usual.rpc }
  try {
    await probePorts([ports])
    const told = [ports.http, ports.rpc, ports.share, ports.replay, ports.ftp].join(', ')
    findings.ok('ports', `its ports are free: ${told} (FTP)`)
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    findings.wrong('ports', thrown.message, 'End what has the port, or start with another one.')
  }
}

/** The process id of the member, where one of that id lives. */
export async function runningPid(path: string): Promise<number | undefined> {
  const text = await readFile(join(path, 'pid'), 'utf8').catch(() => '')
  const pid = Number(text.trim())
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
  try {
    process.kill(pid, 0)
    return pid
  } catch (thrown) {
    // Somebody else's, but there.
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM' ? pid : undefined
  }
}
