/** What `anillo quota` does. */
import { AnilloError } from '../../../base/errors.ts'
import { sizeText } from '../../../base/size-text.ts'
import type { Files } from '../../../client/files.ts'
import { allOf } from '../../../effects/listed.ts'
import type { FileLimits, FileQuota, PersonQuota } from '../../../wire/api-files.ts'
import { EXIT, type ExitCode } from '../../failure.ts'
import { jsonLine, line, type Io } from '../../io.ts'
import type { DoorFlags } from '../../options.ts'
import { reachRing } from '../../reach.ts'
import type { LimitTyped } from '../../size-option.ts'
import { countText, type Column } from '../../table.ts'
import { printTable, told } from '../../told.ts'
import { servicesText } from './services-text.ts'

export interface QuotaFlags extends DoorFlags {
  readonly all?: true
  readonly bytes?: LimitTyped
  readonly files?: LimitTyped
  readonly up?: LimitTyped
  readonly down?: LimitTyped
  readonly none?: true
}

export async function runQuota(
  io: Io,
  nick: string | undefined,
  flags: QuotaFlags,
): Promise<ExitCode> {
  const changes = changesIn(flags)
  const isChange = Object.keys(changes).length > 0
  if (nick !== undefined && flags.all) {
    throw new AnilloError('USAGE', { problem: 'A nick and --all exclude each other.' })
  }
  if (nick === undefined && !flags.all && isChange) {
    throw new AnilloError('USAGE', { problem: 'Say whose quota: that of a nick, or --all.' })
  }
  const { files } = await reachRing(io, flags)
  if (nick !== undefined) {
    const before = await files.quotaOf(nick)
    const quota = isChange ? await files.setLimits(nick, changed(before.limits, changes)) : before
    return told(io, flags, { json: quota, text: quotaLines(quota) })
  }
  if (!flags.all) {
    const own = await files.quota()
    return told(io, flags, { json: own, text: quotaLines(own) })
  }
  if (!isChange) return listAll(io, files, flags)
  const usual = await files.setUsualLimits(changed(await files.usualLimits(), changes))
  return told(io, flags, { json: usual, text: usualText(usual) })
}

async function listAll(io: Io, files: Files, flags: QuotaFlags): Promise<ExitCode> {
  const [usual, people] = await Promise.all([files.usualLimits(), allOf(files.quotas())])
  if (flags.json) {
    jsonLine(io, { everybody: usual, items: people })
    return EXIT.done
  }
  printTable(io, COLUMNS, people)
  line(io.err, usualText(usual))
  return EXIT.done
}

type Changes = Readonly<Partial<Record<keyof FileLimits, LimitTyped>>>

function changesIn({ bytes, down, files, none, up }: QuotaFlags): Changes {
  return {
    ...(none === undefined ? {} : { bytesMax: 'none', filesMax: 'none' }),
    ...(bytes === undefined ? {} : { bytesMax: bytes }),
    ...(files === undefined ? {} : { filesMax: files }),
    ...(up === undefined ? {} : { upPerSecond: up }),
    ...(down === undefined ? {} : { downPerSecond: down }),
  }
}

function changed(before: FileLimits, changes: Changes): FileLimits {
  const after = Object.entries({ ...before, ...changes }).flatMap(([name, value]) =>
    value === 'usual' ? [] : [[name, value === 'none' ? null : value]],
  )
  return Object.fromEntries(after) as FileLimits
}

const COLUMNS: readonly Column<PersonQuota>[] = [
  { title: 'NICK', text: ({ nick }) => nick },
  { title: 'USED', text: ({ bytes }) => sizeText(bytes), right: true },
  { title: 'OF', text: ({ bytesMax }) => (bytesMax === undefined ? '' : sizeText(bytesMax)) },
  { title: 'FILES', text: ({ files }) => String(files), right: true },
  { title: 'OF', text: ({ filesMax }) => (filesMax === undefined ? '' : String(filesMax)) },
  { title: 'UP', text: ({ upPerSecond }) => rateText(upPerSecond) },
  { title: 'DOWN', text: ({ downPerSecond }) => rateText(downPerSecond) },
  { title: 'OWN LIMITS', text: ({ limits }) => (Object.keys(limits).length > 0 ? 'yes' : '') },
]

function quotaLines(quota: FileQuota): readonly string[] {
  const { bytes, bytesMax, claimedBytes, downPerSecond, files, filesMax, upPerSecond } = quota
  const ofBytes = bytesMax === undefined ? '' : ` of ${sizeText(bytesMax)}`
  const ofFiles = filesMax === undefined ? '' : ` of ${filesMax}`
  const lines = [`${sizeText(bytes)}${ofBytes} in ${countText(files, 'file')}${ofFiles}`]
  const { dweets, shares } = quota.services
  if (dweets.bytes + shares.files > 0) lines.push(`of which ${servicesText(quota.services)}`)
  if (claimedBytes > 0) lines.push(`${sizeText(claimedBytes)} kept for uploads`)
  if (upPerSecond !== undefined) lines.push(`${rateText(upPerSecond)} up at one member`)
  if (downPerSecond !== undefined) lines.push(`${rateText(downPerSecond)} down at one member`)
  return lines
}

function rateText(perSecond: number | undefined): string {
  return perSecond === undefined ? '' : `${sizeText(perSecond)}/s`
}

function usualText({ bytesMax, downPerSecond, filesMax, upPerSecond }: FileLimits): string {
  const parts = [
    typeof bytesMax === 'number' ? sizeText(bytesMax) : undefined,
    typeof filesMax === 'number' ? countText(filesMax, 'file') : undefined,
    typeof upPerSecond === 'number' ? `${rateText(upPerSecond)} up` : undefined,
    typeof downPerSecond === 'number' ? `${rateText(downPerSecond)} down` : undefined,
  ].filter((part) => part !== undefined)
  return `whoever has no limits of their own: ${parts.join(', ') || 'no limit'}`
}
