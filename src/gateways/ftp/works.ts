/** What a session asks of the tree, carried out: each answered by one reply. */
import { unreachable } from '../../base/assert.ts'
import { startDigest, type DigestName } from '../../base/digests.ts'
import { AnilloError, asAnilloError, ERRORS } from '../../base/errors.ts'
import type { Clock } from '../../effects/clock.ts'
import type { Log } from '../../effects/log.ts'
import type { MetalinkDoors } from '../../services/files/metalink.ts'
import { bytesLeft } from '../../services/files/room.ts'
import type { Entry, Files, FileUser, OpenFile, Usage } from '../../services/files/types.ts'
import { timeText } from './dates.ts'
import { HASH_PIECE_BYTES } from './limits.ts'
import { factLine, lsLine } from './listing.ts'
import { entriesAt } from './lists.ts'
import { statOrMetalink } from './metalinks.ts'
import { nameOf } from './paths.ts'
import { quoted, reply, replyOf, type Reply } from './replies.ts'
import type { ByteRange, SessionChange, Work } from './session.ts'

export interface WorkParts {
  readonly files: Files
  readonly clock: Pick<Clock, 'wallMs'>
  readonly log: Pick<Log, 'error'>
  readonly where: () => Promise<readonly string[]>
  readonly doors: () => Promise<MetalinkDoors>
}

export interface Worked {
  readonly reply: Reply
  readonly change?: SessionChange
}

/** Never rejects. */
export async function carryOut(
  parts: WorkParts,
  who: FileUser,
  { signal, work }: { readonly work: Work; readonly signal: AbortSignal },
): Promise<Worked> {
  try {
    return await carriedOut(parts, { who, work, signal })
  } catch (thrown) {
    return { reply: refusal(thrown, parts.log) }
  }
}

/** What nobody has foreseen goes into the log as well. */
export function refusal(thrown: unknown, log: Pick<Log, 'error'>): Reply {
  const error = asAnilloError(thrown)
  if (error.code === 'INTERNAL') log.error('an FTP command failed', { error: thrown })
  const { httpStatus, retry } = ERRORS[error.code]
  return replyOf(error, httpStatus < 500 && retry === 'never')
}

interface Asked {
  readonly who: FileUser
  readonly work: Work
  readonly signal: AbortSignal
}

async function carriedOut(parts: WorkParts, { signal, who, work }: Asked): Promise<Worked> {
  const { files } = parts
  switch (work.do) {
    case 'enter': {
      const { kind } = await files.stat(who, work.path, { signal })
      if (kind === 'file') throw new AnilloError('NOT_A_FOLDER', { path: work.path })
      const { path: cwd } = work
      return { reply: reply(250, `${quoted(cwd)} is where you are.`), change: { cwd } }
    }
    case 'makeFolder': {
      const { path } = await files.makeFolder(who, work.path, { signal })
      return { reply: reply(257, `${quoted(path)} is made.`) }
    }
    case 'removeFolder':
      await files.removeFolder(who, work.path, { signal })
      return { reply: reply(250, 'The folder is gone.') }
    case 'remove': {
      const { kind } = await files.stat(who, work.path, { signal })
      if (kind === 'folder') throw new AnilloError('IS_A_FOLDER', { path: work.path })
      await files.remove(who, work.path, { signal })
      return { reply: reply(250, removedText(work.path)) }
    }
    case 'renameFrom':
      await files.stat(who, work.path, { signal })
      return { reply: reply(350, 'And its new name?'), change: { renameFrom: work.path } }
    case 'copyFrom':
      await files.stat(who, work.path, { signal })
      return { reply: reply(350, 'And where to?'), change: { copyFrom: work.path } }
    case 'rename':
      await files.move(who, work.from, work.to, { replace: true, signal })
      return { reply: reply(250, 'Renamed.') }
    case 'copy':
      await files.copy(who, work.from, work.to, { replace: true, signal })
      return { reply: reply(250, 'Copied.') }
    case 'combine': {
      const { bytes } = await files.combine(who, work.to, work.parts, { signal })
      return { reply: reply(250, `Combined: ${bytes} bytes.`) }
    }
    case 'touch':
      await files.touch(who, work.path, work.change, { signal })
      return { reply: reply(work.code, `${work.told}${work.path}`) }
    case 'available':
    case 'describe':
    case 'digest':
    case 'listHere':
    case 'quota':
    case 'restoreVersion':
    case 'room':
    case 'size':
    case 'time':
    case 'undelete':
    case 'versions':
    case 'where':
      return { reply: await told(parts, { who, work, signal }) }
  }
}

type Telling = Exclude<
  Work,
  {
    readonly do:
      | 'enter'
      | 'makeFolder'
      | 'removeFolder'
      | 'remove'
      | 'renameFrom'
      | 'copyFrom'
      | 'rename'
      | 'copy'
      | 'combine'
      | 'touch'
  }
>

/** What changes nothing, or can be read off its reply. */
async function told(
  parts: WorkParts,
  { signal, who, work }: Asked & { readonly work: Telling },
): Promise<Reply> {
  const { files } = parts
  switch (work.do) {
    case 'size':
      return reply(213, `${await sizeOf(parts, who, work.path)}`)
    case 'time':
      return reply(213, timeText((await files.stat(who, work.path, { signal })).modifiedMs))
    case 'describe': {
      const entry = await files.stat(who, work.path, { signal })
      const line = factLine(entry, { facts: work.facts, name: work.path })
      return reply(250, 'What is known:', line, 'That is all.')
    }
    case 'listHere': {
      const entries = await entriesAt(files, who, { path: work.path, signal })
      const lines = entries.map((entry) => lsLine(entry, parts.clock.wallMs()))
      return reply(213, `Status of ${work.path}:`, ...lines, 'That is all.')
    }
    case 'available':
      await files.stat(who, work.path, { signal })
      return reply(213, `${roomOf(await files.usage(who, { signal }))}`)
    case 'room':
      return roomFor(await files.usage(who, { signal }), work.bytes)
    case 'digest':
      return digestReply(await files.open(who, work.path, { signal }), work)
    case 'quota':
      return quotaReply(await files.usage(who, { signal }))
    case 'where': {
      const lines = await parts.where()
      return reply(214, 'The same tree is to be had at:', ...lines, 'That is all.')
    }
    case 'undelete':
    case 'versions':
    case 'restoreVersion':
      return pastTold(files, { who, work, signal })
  }
}

/** What was, and comes back. */
async function pastTold(
  files: Files,
  {
    signal,
    who,
    work,
  }: Asked & { readonly work: Extract<Work, { do: 'undelete' | 'versions' | 'restoreVersion' }> },
): Promise<Reply> {
  switch (work.do) {
    case 'undelete':
      return undelete(files, who, work.what)
    case 'versions': {
      const versions = await files.versions(who, work.path, { signal })
      const lines = versions.map(
        ({ by, bytes, modifiedMs, number }) => `${number} ${timeText(modifiedMs)} ${bytes} ${by}`,
      )
      return reply(214, 'Version, time, bytes, by whom:', ...lines, 'SITE RESTORE <version> <file>')
    }
    case 'restoreVersion':
      await files.restoreVersion(who, work.path, work.version, { signal })
      return reply(200, `Version ${work.version} is the file’s content again.`)
    default:
      return unreachable(work)
  }
}

/** What is removed from the trash was removed before. */
function removedText(path: string): string {
  return path.startsWith('/.trash/') ? 'The file is gone for good.' : 'The file is in the trash.'
}

/** Of an upload that broke off it is what came of it: there a client goes on. */
async function sizeOf(parts: WorkParts, who: FileUser, path: string): Promise<number> {
  const partial = await parts.files.partial(who, path)
  if (partial !== undefined) return partial.bytes
  const entry = await statOrMetalink(parts, who, { path, options: {} })
  if (entry.kind === 'folder') throw new AnilloError('IS_A_FOLDER', { path })
  return entry.bytes
}

function roomOf(usage: Usage): number {
  return bytesLeft(usage) ?? Number.MAX_SAFE_INTEGER
}

function roomFor(usage: Usage, bytes: number): Reply {
  return roomOf(usage) >= bytes
    ? reply(200, 'There is room.')
    : reply(552, `There is room for ${roomOf(usage)} bytes.`)
}

function quotaReply(usage: Usage): Reply {
  const { bytes, bytesMax, claimedBytes, downPerSecond, files, filesMax, upPerSecond } = usage
  const lines = [
    `${bytes} bytes of ${bytesMax ?? 'any number'}`,
    `${files} files of ${filesMax ?? 'any number'}`,
  ]
  if (claimedBytes > 0) lines.push(`${claimedBytes} bytes are kept for uploads`)
  if (upPerSecond !== undefined) lines.push(`${upPerSecond} bytes a second up`)
  if (downPerSecond !== undefined) lines.push(`${downPerSecond} bytes a second down`)
  return reply(214, 'What is yours:', ...lines, 'That is all.')
}

async function digestReply(open: OpenFile, work: Work & { do: 'digest' }): Promise<Reply> {
  const { digest, form, range } = work
  const { bytes } = open.entry
  const from = Math.min(range?.from ?? 0, bytes)
  const to = Math.min(range?.to ?? bytes, bytes)
  const hex = await digestOf(open, digest, { from, to })
  if (form === 'X') return reply(250, hex.toUpperCase())
  return reply(213, `${digest} ${from}-${Math.max(from, to - 1)} ${hex} ${nameOf(open.entry.path)}`)
}

async function digestOf(open: OpenFile, name: DigestName, range: ByteRange): Promise<string> {
  const { bytes, sha256 } = open.entry
  const isWhole = range.from === 0 && range.to === bytes
  if (name === 'SHA-256' && isWhole && sha256 !== undefined) return sha256
  const digest = startDigest(name)
  for await (const piece of open.read(range)) {
    for (let at = 0; at < piece.length; at += HASH_PIECE_BYTES) {
      digest.update(piece.subarray(at, at + HASH_PIECE_BYTES))
    }
  }
  return digest.hex()
}

/** Without a name what could come back is told; with one the last of that name comes back. */
async function undelete(files: Files, who: FileUser, what: string | undefined): Promise<Reply> {
  const trash = await files.trash(who)
  if (what === undefined) {
    const lines = trash.map(({ from, id, trashedMs }) => `${id} ${timeText(trashedMs)} ${from}`)
    return reply(214, 'In the trash (id, since when, from where):', ...lines, 'SITE UNDELETE <id>')
  }
  const found = trash
    .filter(({ from, id }) => id === what || from.normalize('NFC') === what.normalize('NFC'))
    .toSorted((a, b) => b.trashedMs - a.trashedMs)[0]
  if (found === undefined) throw new AnilloError('NO_ENTRY', { path: what })
  const { path }: Entry = await files.restore(who, found.id)
  return reply(200, `${path} is back.`)
}
