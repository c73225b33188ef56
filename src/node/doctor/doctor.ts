/**
 * `anillo doctor`: looks at this machine, at the data directory and at the running ring, and tells
 * what is wrong and what to do about it. It changes nothing.
 */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { isAnilloError } from '../../base/errors.ts'
import { MIB } from '../../base/limits.ts'
import { platformCipher } from '../../platform/cipher.ts'
import { platformDisk } from '../../platform/disk.ts'
import { platformLocalNetworks } from '../../platform/local-networks.ts'
import { platformRandom } from '../../platform/random.ts'
import type { Ring } from '../../wire/api.ts'
import { readMemberKey } from '../at-rest/member-key.ts'
import { loadSettings, memberPath } from '../data-directory.ts'
import { readDoorBeyond } from '../doors.ts'
import { memberNames } from '../enrolment/ring-files.ts'
import { SETTINGS } from '../settings.ts'
import { examineBrowser } from './browser.ts'
import { Findings, type Finding } from './finding.ts'
import { examineDisk, examineNode, examineOpenFiles } from './machine.ts'
import {
  examineCertificates,
  examineIdentity,
  examinePorts,
  examineSecrets,
  runningPid,
  type MemberPlace,
} from './member-directory.ts'
import { examineRing, examineStopped } from './ring.ts'
import { bytesToLookAt, examineStored, type StoredPlace } from './stored-files.ts'
import { examineGivenPapers, examineTlsDoor } from './tls-doors.ts'

export interface DoctorOptions {
  readonly dataPath: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly passphrase: string | undefined
  /** Opens every value and every chunk. */
  readonly isDeep: boolean
  readonly version: string
  /** Ms since 1970. */
  readonly nowMs: number
  /** Of a member that runs here, or is named. @throws AnilloError RING_NOT_REACHABLE */
  readonly ring: () => Promise<Ring>
  /** Nobody is asked. */
  readonly isOffline: boolean
  readonly onProgress: (progress: DoctorProgress) => void
}

export interface DoctorProgress {
  readonly what: string
  /** Of all files that are looked through. */
  readonly bytes: number
  readonly bytesAll: number
}

export async function examine(options: DoctorOptions): Promise<readonly Finding[]> {
  const all: Finding[] = []
  const { dataPath } = options
  const machine = new Findings('machine', all)
  examineNode(machine, process.versions.node)
  await examineOpenFiles(machine, 'self')
  const data = new Findings('data', all)
  if (!(await isThere(dataPath))) {
    const advice = 'Name the right directory with --data, or found a ring: npm start.'
    data.wrong('data', `${dataPath} is not there`, advice)
    return all
  }
  await examineDisk(machine, { path: dataPath, reserveBytes: await reserveOf(data, options) })
  await examineShared(data, dataPath)
  const running = await examineMembers(data, options)
  if (options.isOffline) return all
  for (const place of running) await examineDoor(data.of(place.name), place, options.nowMs)
  await examineRunning(new Findings('ring', all), running, options)
  return all
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

async function reserveOf(data: Findings, { dataPath, env, nowMs }: DoctorOptions): Promise<number> {
  try {
    const { settings } = await loadSettings(dataPath, env)
    data.ok('settings', 'its settings can be read')
    await examineGivenPapers(data, settings, nowMs)
    await examineBrowser(data, settings.browser)
    return settings.diskReserveMib * MIB
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    data.wrong(
      'settings',
      thrown.message,
      'Mend settings.json or the variable: no member starts so.',
    )
    return SETTINGS.diskReserveMib.default * MIB
  }
}

/** What all members here share, and what they left behind. */
async function examineShared(data: Findings, dataPath: string): Promise<void> {
  await examineSecrets(data, { path: dataPath }, SHARED_SECRETS)
  const disk = platformDisk(dataPath)
  for (const name of await disk.list(GIVEN_UP)) {
    const path = join(dataPath, GIVEN_UP, name)
    const text = `${path} holds what ${name} stored before it was given up, and takes up room`
    data.notice('given-up', text, `When nobody wants to look at it any more: rm -r ${path}`)
  }
}

const SHARED_SECRETS = ['ca.key', 'admin-password', 'admin-session', 'backup.key'] as const

const GIVEN_UP = 'given-up'

/** Versions before the store kept pages as files. */
const OLD_PAGES = 'pages'

async function examineOldPages(data: Findings, { path, disk }: MemberPlace): Promise<void> {
  const count = (await disk.list(OLD_PAGES)).length
  if (count === 0) return
  const old = join(path, OLD_PAGES)
  const text = `${old} holds pages of an earlier version, which nobody reads any more`
  data.notice(
    'old-pages',
    text,
    `Asked for again they are downloaded anew. To free room: rm -r ${old}`,
  )
}

interface Examined {
  readonly place: MemberPlace
  readonly pid: number | undefined
}

/** @returns members that run. */
async function examineMembers(
  data: Findings,
  options: DoctorOptions,
): Promise<readonly MemberPlace[]> {
  const { dataPath, nowMs } = options
  const names = await memberNames(platformDisk(dataPath))
  if (names.length === 0) {
    data.notice('members', `${dataPath} holds no member`, 'Found a ring or join one.')
  }
  const stored: { readonly findings: Findings; readonly place: StoredPlace }[] = []
  const members: Examined[] = []
  for (const name of names) {
    const path = memberPath(dataPath, name)
    const place = { name, path, disk: platformDisk(path) }
    const findings = data.of(name)
    const pid = await runningPid(path)
    members.push({ place, pid })
    const files = await examineIdentity(findings, place)
    await examineSecrets(findings, place)
    await examineOldPages(findings, place)
    if (files === undefined) continue
    examineCertificates(findings, files, { nowMs, isRunning: pid !== undefined })
    if (pid === undefined) await examinePorts(findings, place, files)
    else await examineOpenFiles(findings, String(pid))
    const key = await keyOf(findings, place, options)
    if (key === undefined) continue
    const isRunning = pid !== undefined
    stored.push({ findings, place: { ...place, key, isRunning, isDeep: options.isDeep } })
  }
  await examineAllStored(stored, options)
  return members.flatMap(({ place, pid }) => (pid === undefined ? [] : [place]))
}

async function keyOf(
  findings: Findings,
  { disk }: MemberPlace,
  { passphrase }: DoctorOptions,
): Promise<Uint8Array | undefined> {
  const effects = { disk, cipher: platformCipher(), random: platformRandom() }
  try {
    return await readMemberKey(effects, passphrase)
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    if (thrown.code === 'PASSPHRASE_NEEDED') {
      const text = 'it is locked with a passphrase: what it stores was not looked through'
      findings.notice('key', text, 'Give it in ANILLO_PASSPHRASE.')
    } else if (thrown.code === 'DATA_ABSENT') {
      findings.notice('key', 'it has stored nothing as yet', 'Start it.')
    } else
      findings.wrong('key', thrown.message, 'Without its key nothing that it stores can be read.')
    return undefined
  }
}

async function examineAllStored(
  stored: readonly { readonly findings: Findings; readonly place: StoredPlace }[],
  { onProgress }: DoctorOptions,
): Promise<void> {
  let bytesAll = 0
  for (const { place } of stored) bytesAll += await bytesToLookAt(place)
  let bytes = 0
  for (const { findings, place } of stored) {
    onProgress({ what: findings.about, bytes, bytesAll })
    await examineStored(findings, place, (looked) => {
      bytes += looked
      onProgress({ what: findings.about, bytes, bytesAll })
    })
  }
}

/** Its door for other machines, if it has one: on loopback it shows no certificate. */
async function examineDoor(findings: Findings, place: MemberPlace, nowMs: number): Promise<void> {
  const url = await readDoorBeyond(place.path)
  if (url === undefined) return
  const authoritiesPem = await readFile(join(place.path, AUTHORITY), 'utf8').catch(() => '')
  const addresses = platformLocalNetworks().ownAddresses()
  await examineTlsDoor(findings, { url, addresses, authoritiesPem, nowMs })
}

const AUTHORITY = 'ca.pem'

async function examineRunning(
  findings: Findings,
  running: readonly MemberPlace[],
  { ring, version }: DoctorOptions,
): Promise<void> {
  try {
    examineRing(findings, await ring(), version)
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    if (thrown.code === 'LOGIN_FIRST' || thrown.code === 'PERMISSION_MISSING') {
      const text = `what the running ring knows was not looked at: ${thrown.message}`
      findings.notice('ring', text, 'npx anillo login NICK, of somebody who may see the ring.')
    } else if (thrown.code === 'STORE_UNAVAILABLE') {
      examineStopped(findings, thrown.message)
    } else if (running.length === 0) {
      const text = 'no member runs here: what only a running one knows was not looked at'
      findings.notice('ring', text, 'Start it, or name the door of another with --at.')
    } else {
      const names = running.map(({ name }) => name).join(', ')
      const text = `${names} live, but no door of theirs answers: ${thrown.message}`
      findings.wrong('ring', text, 'See their logs; a member that hangs may be killed and started.')
    }
  }
}
