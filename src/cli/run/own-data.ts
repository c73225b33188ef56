/** What `anillo dweet export|import|retention|delete-all` do. */
import { AnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import { sizeText } from '../../base/size-text.ts'
import type { AnilloClient } from '../../client/client.ts'
import type { Retention } from '../../wire/api-own-data.ts'
import {
  ImportSteps,
  type ImportTally,
  type Skipped,
} from '../../wire/dweet-archive/import-steps.ts'
import type { ArchiveProblem } from '../../wire/dweet-archive/read-activities.ts'
import { ArchiveReading } from '../../wire/dweet-archive/read-archive.ts'
import { BroughtFiles, type FilesTally } from '../brought-files.ts'
import { isMeant } from '../confirm.ts'
import { DweetArchiveFile } from '../dweet-archive-file.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { ConfirmedFlags, DoorFlags } from '../options.ts'
import { writeOwnArchive } from '../own-archive.ts'
import { Progress } from '../progress.ts'
import { reachRing } from '../reach.ts'
import { countText, durationText, estimateText } from '../table.ts'
import { told } from '../told.ts'
import { ownNick } from './user-show.ts'

export interface TakeFlags extends DoorFlags {
  readonly out?: string
  readonly withFiles?: true
}

export interface BringFlags extends DoorFlags {
  readonly byNick?: true
}

export interface RetentionFlags extends DoorFlags {
  readonly after?: number
  readonly keepLiked?: true
  readonly keepBookmarked?: true
  readonly keepLikes?: number
  readonly keepRedweets?: number
  readonly off?: true
}

/** All of one’s own as a ZIP. */
export async function runTake(io: Io, flags: TakeFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const path = flags.out ?? `anillo-${await ownNick(client)}.zip`
  const startedMs = performance.now()
  const watch = (written: () => number) => new Progress(io, () => sizeText(written()))
  const withFiles = flags.withFiles === true
  const bytes = await writeOwnArchive(client.ownData, path, { watch, withFiles })
  const took = durationText(performance.now() - startedMs)
  const text = `wrote ${sizeText(bytes)} to ${path} in ${took}`
  return told(io, flags, { json: { path, bytes }, text })
}

/** Begun again after it ended early, it goes on: what is there is not imported twice. */
export async function runBring(io: Io, path: string, flags: BringFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  await using archive = await DweetArchiveFile.open(path)
  const files = new BroughtFiles(client.dweets, archive)
  const bringing = new Bringing(client, await ownNick(client), {
    files,
    byNick: flags.byNick === true,
  })
  const startedMs = performance.now()
  try {
    using _ = new Progress(io, () => bringing.progressText(archive.bytes, startedMs))
    for (const file of archive.files) await bringing.take(file)
    await bringing.end()
  } catch (thrown) {
    if (bringing.hasKept) {
      line(io.err, 'What was imported stays; the same command again goes on from there.')
    }
    throw thrown
  }
  const { tally } = bringing
  if (flags.json) jsonLine(io, { ...tally, files: files.tally })
  else tellTally(io, tally, files.tally)
  return EXIT.done
}

class Bringing {
  readonly #client: AnilloClient
  readonly #reading: ArchiveReading
  readonly #steps: ImportSteps
  readonly #files: BroughtFiles
  #readBytes = 0

  constructor(
    client: AnilloClient,
    nick: string,
    { byNick, files }: { readonly byNick: boolean; readonly files: BroughtFiles },
  ) {
    this.#client = client
    this.#files = files
    this.#reading = new ArchiveReading({ byNick })
    this.#steps = new ImportSteps(nick)
  }

  get tally(): ImportTally {
    return this.#steps.tally
  }

  get hasKept(): boolean {
    return Object.keys(this.tally.imported).length > 0
  }

  async take({ name, texts }: DweetArchiveFile['files'][number]): Promise<void> {
    const file = this.#reading.file(name)
    const decoder = new TextDecoder()
    for await (const bytes of texts()) {
      await this.#send(file.push(decoder.decode(bytes, { stream: true })))
      this.#readBytes += bytes.length
    }
    await this.#send([...file.push(decoder.decode()), ...file.end()])
  }

  async end(): Promise<void> {
    await this.#sendStep(this.#steps.flush(this.#reading.from))
  }

  progressText(total: number, startedMs: number): string {
    const passedMs = performance.now() - startedMs
    const count = countText(countOf(this.tally), 'thing')
    const done = Math.min(this.#readBytes, total)
    if (done === 0 || passedMs < SECOND_MS) return count
    const left = estimateText((passedMs * (total - done)) / done)
    return `${count}, ${Math.floor((100 * done) / total)} %, about ${left} left`
  }

  async #send(all: ReturnType<ReturnType<ArchiveReading['file']>['push']>): Promise<void> {
    for (const one of all) {
      const archived = await this.#files.sent(one)
      await this.#sendStep(this.#steps.add(archived, this.#reading.from))
    }
  }

  async #sendStep(step: ReturnType<ImportSteps['flush']>): Promise<void> {
    if (step === undefined) return
    const answer = await this.#client.ownData.import(step)
    this.#steps.take(step, answer)
    await this.#files.settle(step, answer)
  }
}

function countOf({ imported, skippedCount, there }: ImportTally): number {
  return Object.values(imported).reduce((sum, count) => sum + count, there + skippedCount)
}

const THINGS = {
  dweet: 'dweet',
  redweet: 'redweet',
  like: 'like',
  bookmark: 'bookmark',
  follow: 'follow',
  mute: 'mute',
  block: 'block',
  list: 'list entry',
  profile: 'profile',
} as const

export const WHY: Readonly<Record<ArchiveProblem, string>> = {
  tooLong: 'longer than 225 characters: texts are not cut',
  empty: 'without text',
  unfit: 'with characters, or a time, that a dweet cannot have',
  ahead: 'of a time that has not come',
  tooOld: 'from before 2014',
  notYours: 'by another author',
  notHere: 'of dweets that are not on this ring',
  noUser: 'of people who are not on this ring',
  notPossible: 'of yourself, or of somebody whom you blocked or who blocked you',
  removed: 'removed by a moderator',
  full: 'beyond as many as one may have',
  private: 'messages to some people alone, which are not published',
  strange: 'of a shape that is not known',
}

/** Of each reason, so many are named. */
const NAMED_MAX = 5

function tellTally(
  io: Io,
  { imported, skipped, skippedCount, there }: ImportTally,
  files: FilesTally,
): void {
  const counts = Object.entries(THINGS).flatMap(([kind, thing]) => {
    const count = imported[kind as keyof typeof THINGS] ?? 0
    return count === 0 ? [] : [countText(count, thing)]
  })
  if (files.imported > 0) counts.push(countText(files.imported, 'attached file'))
  const known = there === 0 ? '' : `${counts.length === 0 ? '' : ', '}${there} there already`
  line(io.out, `imported ${counts.join(', ')}${known}`.replace(/ $/, ' nothing'))
  for (const [why, some] of Map.groupBy(skipped, (one) => one.why)) {
    line(io.err, `${some.length} left out, ${WHY[why]}: ${namesOf(some)}`)
  }
  if (files.left.length > 0) {
    const names = files.left
      .slice(0, NAMED_MAX)
      .map(({ code, path }) => `${printable(path)} (${code})`)
    const more = files.left.length > NAMED_MAX ? ', ...' : ''
    line(io.err, `${countText(files.left.length, 'file')} left out: ${names.join(', ')}${more}`)
  }
  if (skippedCount > skipped.length) line(io.err, `${skippedCount} left out in all`)
}

function namesOf(some: readonly Skipped[]): string {
  const names = some.slice(0, NAMED_MAX).map(({ id, kind }) => `${kind} ${printable(id)}`)
  return names.join(', ') + (some.length > NAMED_MAX ? ', ...' : '')
}

/** Whatever an archive calls it. */
function printable(id: string): string {
  return id.replaceAll(/[^\u0021-\u007e]/g, '?').slice(0, 80)
}

export async function runRetention(io: Io, flags: RetentionFlags): Promise<ExitCode> {
  const { after, off } = flags
  const { ownData } = await reachRing(io, flags)
  if (off === true) await ownData.retain(null)
  else if (after !== undefined) await ownData.retain(ruleOf(flags, after))
  else if (ruleFlags(flags).length > 0) {
    throw new AnilloError('USAGE', { problem: 'Say after how many days with --after.' })
  }
  const retention = await ownData.retention()
  return told(io, flags, { json: { retention }, text: retentionText(retention) })
}

function ruleFlags(flags: RetentionFlags): readonly unknown[] {
  const { keepBookmarked, keepLiked, keepLikes, keepRedweets } = flags
  return [keepBookmarked, keepLiked, keepLikes, keepRedweets].filter((one) => one !== undefined)
}

function ruleOf(flags: RetentionFlags, afterDays: number): Retention {
  const { keepBookmarked = false, keepLiked = false, keepLikes, keepRedweets } = flags
  return {
    afterDays,
    keepLiked,
    keepBookmarked,
    ...(keepLikes === undefined ? {} : { keepLikes }),
    ...(keepRedweets === undefined ? {} : { keepRedweets }),
  }
}

function retentionText(retention: Retention | null): string {
  if (retention === null) return 'your dweets stay until you delete them'
  const { afterDays, keepBookmarked, keepLiked, keepLikes, keepRedweets } = retention
  const kept = [
    ...(keepLiked === true ? ['those you like'] : []),
    ...(keepBookmarked === true ? ['those you keep bookmarks of'] : []),
    ...(keepLikes === undefined ? [] : [`those with ${countText(keepLikes, 'like')} or more`]),
    ...(keepRedweets === undefined ? [] : [`those redweeted ${keepRedweets} times or more`]),
  ]
  const but = kept.length === 0 ? '' : `, but ${kept.join(', ')}`
  return `your dweets are deleted after ${countText(afterDays, 'day')}${but}`
}

export async function runDeleteAll(io: Io, flags: ConfirmedFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const nick = await ownNick(client)
  const { dweets } = await client.dweets.profile(nick)
  const question = `Delete ${countText(dweets, 'dweet')} of @${nick} for good? Type ${nick}: `
  const doubt = { question, answer: nick, command: 'dweet delete-all' }
  if (!(await isMeant(io, flags, doubt))) return EXIT.failed
  await client.ownData.clear(nick)
  const text = `${countText(dweets, 'dweet')} of @${nick} are being deleted`
  return told(io, flags, { json: { deleting: dweets }, text })
}
