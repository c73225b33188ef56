/**
 * Content on its way into the tree: written as a content of its own, named by an entry at the end.
 */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { KIB, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import type { CallOptions } from '../../store/types.ts'
import type { Body, Contents, ContentWriter, SealedBody } from './contents/types.ts'
import { isQuotaFull } from './room.ts'
import type { PutInput } from './tree/file-procedures.ts'
import { APPENDS_AS_ONE_MS } from './tree/limits.ts'
import { etagOf, type EntryRow } from './tree/rows.ts'
import type { Target, Tree } from './tree/tree.ts'
import type { CommitOptions, FileUpload, FileUser, WriteAsk, Written } from './types.ts'
import { UploadRoom } from './upload-room.ts'

/** From then on what broke off is found again; less is sent anew as fast. */
const PARTIAL_FROM_BYTES = 256 * KIB
/**
 * Who has sent bytes waits longer than who is about to: members that died are done without by then.
 */
const GO_ON_TIMEOUT_MS = MINUTE_MS
/** Rights that were looked at so long ago are looked at again. */
const RIGHTS_MS = 10 * SECOND_MS
/** Of an append whose file got other content meanwhile. */
const APPEND_TRIES_MAX = 8

export interface UploadParts {
  readonly tree: Tree
  readonly contents: Contents
  readonly bodyOf: (target: Target, options?: CallOptions) => Promise<Body | undefined>
  /** Of a folder, wherever it is by now; `undefined`: nowhere in the tree. */
  readonly pathOf: (folder: string, options?: CallOptions) => Promise<string | undefined>
}

interface Asked {
  readonly who: FileUser
  readonly path: string
  readonly ask: WriteAsk
}

/** @throws AnilloError UPLOAD_OFFSET, CONDITION_FAILED, IS_A_FOLDER, NO_ACCESS */
export async function beginUpload(parts: UploadParts, asked: Asked): Promise<FileUpload> {
  const { ask, path, who } = asked
  const { contents, tree } = parts
  const target = await tree.content(who, path, ask)
  const { entry, spot } = target
  if (entry !== undefined && entry.file === undefined && !(await tree.isGone(spot, ask))) {
    throw new AnilloError('IS_A_FOLDER', { path: target.path })
  }
  if (!isAsExpected(entry, ask)) throw conditionFailed(target.path)
  const signal = ask.signal === undefined ? {} : { signal: ask.signal }
  const writing = { nick: who.nick ?? '', ...signal }
  const begun = {
    parts,
    asked: { ...asked, ask: { timeoutMs: GO_ON_TIMEOUT_MS, ...ask } },
    target,
    atMs: tree.rows.clock.nowMs(),
  }
  if (ask.how === 'append') {
    const room = await roomFor(parts, { asked, target, at: countedBefore(parts, asked, target) })
    return new AppendUpload({ ...begun, room, writer: contents.begin(writing) })
  }
  if (ask.how === 'replace') {
    const room = await roomFor(parts, { asked, target, at: 0 })
    return new WholeUpload({ ...begun, room, writer: contents.begin(writing) })
  }
  const writer = await resumed(parts, { asked, target, writing })
  if (ask.at !== undefined && ask.at !== writer.at) {
    await writer.leave()
    throw new AnilloError('UPLOAD_OFFSET', { have: writer.at, at: ask.at })
  }
  try {
    const room = await roomFor(parts, { asked, target, at: writer.at })
    return new WholeUpload({ ...begun, room, writer })
  } catch (thrown) {
    await writer.leave()
    throw thrown
  }
}

function roomFor(
  { tree }: UploadParts,
  { asked, at, target }: { readonly asked: Asked; readonly target: Target; readonly at: number },
): Promise<UploadRoom> {
  const { ask, who } = asked
  const { entry, place } = target
  const by = who.nick ?? ''
  return UploadRoom.begun(
    {
      quotas: tree.quotas,
      clock: tree.rows.clock,
      place,
      by,
      owner: entry?.owner ?? by,
      isNew: entry === undefined,
      at,
      expectedBytes: ask.expectedBytes,
      isResumed: ask.how === 'resume',
    },
    ask,
  )
}

/** What broke off; where nothing is left of it, a new one. */
async function resumed(
  { contents, tree }: UploadParts,
  { asked, target, writing }: { asked: Asked; target: Target; writing: { nick: string } },
): Promise<ContentWriter> {
  const partial = await tree.partial(asked.who, target.place, asked.ask)
  if (partial === undefined) return contents.begin(writing)
  try {
    return await contents.resume(partial.content, writing)
  } catch (thrown) {
    if (isAnilloError(thrown, 'NO_ENTRY')) return contents.begin(writing)
    throw thrown
  }
}

function isAsExpected(entry: EntryRow | undefined, { ifMatch }: WriteAsk): boolean {
  if (ifMatch === undefined) return true
  if (typeof ifMatch !== 'string') return entry === undefined
  return entry !== undefined && etagOf(entry) === ifMatch
}

function conditionFailed(path: string): AnilloError {
  return new AnilloError('CONDITION_FAILED', { key: path })
}

interface Begun {
  readonly parts: UploadParts
  readonly asked: Asked
  readonly target: Target
  /** When. */
  readonly atMs: number
  readonly writer: ContentWriter
  readonly room: UploadRoom
}

/**
 * Who has sent for long may have lost meanwhile what they had when they began.
 * @throws AnilloError NO_ENTRY, NO_ACCESS
 */
async function demandStill(
  { asked, atMs, parts: { pathOf, tree }, target }: Begun,
  options: CommitOptions = {},
): Promise<void> {
  if (tree.rows.clock.nowMs() - atMs < RIGHTS_MS) return
  const folder = await pathOf(target.place.folder, options)
  const { who = asked.who } = options
  if (folder !== undefined) await tree.content(who, `${folder}/${target.name}`, options)
}

/** The file gets this content alone. */
class WholeUpload implements FileUpload {
  readonly at: number
  readonly #begun: Begun
  #bytes: number
  #isKnown = false

  constructor(begun: Begun) {
    this.#begun = begun
    this.at = begun.writer.at
    this.#bytes = this.at
    this.#isKnown = this.at > 0
  }

  async push(piece: Uint8Array): Promise<void> {
    const { asked, room, writer } = this.#begun
    await room.need(this.#bytes + piece.length, asked.ask)
    this.#bytes += piece.length
    const isDue = !this.#isKnown && this.#bytes >= PARTIAL_FROM_BYTES
    await Promise.all([writer.push(piece), isDue && this.#makeKnown(asked.ask)])
  }

  async commit(options?: CommitOptions): Promise<Written> {
    const { asked, parts, room, target, writer } = this.#begun
    const { ifMatch } = asked.ask
    const sealed = await writer.seal()
    if (options?.sha256 !== undefined && options.sha256 !== sealed.sha256) {
      // What nobody holds goes by itself.
      await this.#forget()
      throw new AnilloError('CONTENT_DIFFERS', { path: target.path })
    }
    await demandStill(this.#begun, options)
    const given = { asked, target, sealed, claimed: room.claim, how: expectationOf(ifMatch) }
    try {
      return await putSealed(parts, given, { timeoutMs: GO_ON_TIMEOUT_MS, ...options })
    } catch (thrown) {
      if (isQuotaFull(thrown)) await this.#forget()
      throw thrown
    }
  }

  async leave(): Promise<void> {
    const { room, writer } = this.#begun
    if (this.#bytes === 0) {
      await writer.discard()
      await room.waive()
      return
    }
    // Whoever waited for it is gone, and so is that signal.
    if (!this.#isKnown) await this.#makeKnown({ timeoutMs: GO_ON_TIMEOUT_MS })
    await room.keep(this.#bytes)
    await writer.leave()
  }

  async discard(): Promise<void> {
    await this.#begun.writer.discard()
    await this.#forget()
  }

  async #forget(): Promise<void> {
    const { asked, parts, room, target } = this.#begun
    if (this.#isKnown) await parts.tree.keepPartial(asked.who, target)
    await room.waive()
  }

  async #makeKnown(options?: CallOptions): Promise<void> {
    const { asked, parts, target, writer } = this.#begun
    await parts.tree.keepPartial(asked.who, { ...target, content: writer.id }, options)
    this.#isKnown = true
  }
}

/** Whether an append makes one version with the one that the present content came about by. */
function isOneAppend({ tree }: UploadParts, { who }: Asked, { entry }: Target): boolean {
  const { appendedMs = Number.NEGATIVE_INFINITY, by } = entry?.file ?? {}
  const isSoon = tree.rows.clock.wallMs() - appendedMs < APPENDS_AS_ONE_MS
  return isSoon && by === (who.nick ?? '')
}

/** Of what is there, bytes that stay as a version and count beside those that come. */
function countedBefore(parts: UploadParts, asked: Asked, target: Target): number {
  return isOneAppend(parts, asked, target) ? 0 : (target.entry?.file?.bytes ?? 0)
}

/** Behind what the file has when it is committed. */
class AppendUpload implements FileUpload {
  readonly at: number
  readonly #begun: Begun
  /** Bytes that count. */
  #bytes: number

  constructor(begun: Begun) {
    this.#begun = begun
    this.at = begun.target.entry?.file?.bytes ?? 0
    this.#bytes = countedBefore(begun.parts, begun.asked, begun.target)
  }

  async push(piece: Uint8Array): Promise<void> {
    const { asked, room, writer } = this.#begun
    await room.need(this.#bytes + piece.length, asked.ask)
    this.#bytes += piece.length
    await writer.push(piece)
  }

  async commit(asking?: CommitOptions): Promise<Written> {
    const { asked, parts, room, writer } = this.#begun
    const { ask, path, who } = asked
    const options = { timeoutMs: GO_ON_TIMEOUT_MS, ...asking }
    const added = await writer.seal(options)
    await demandStill(this.#begun, options)
    let { target } = this.#begun
    for (let tries = 1; ; tries++) {
      const sealed = await joined(parts, { asked, target, added }, options)
      const { entry } = target
      const expected =
        entry === undefined
          ? ({ is: 'absent' } as const)
          : ({ is: 'etag', etag: etagOf(entry) } as const)
      try {
        const append = { isOne: isOneAppend(parts, asked, target) }
        const how = { expected, append }
        const given = { asked, target, sealed, claimed: room.claim, how }
        return await putSealed(parts, given, options)
      } catch (thrown) {
        const isRace = isAnilloError(thrown, 'CONDITION_FAILED') && ask.ifMatch === undefined
        if (!isRace || tries === APPEND_TRIES_MAX) throw thrown
        target = await parts.tree.content(who, path, options)
      }
    }
  }

  /** As far as it came it is behind the file, where another append goes on. */
  async leave(): Promise<void> {
    await this.commit()
  }

  async discard(): Promise<void> {
    const { room, writer } = this.#begun
    await writer.discard()
    await room.waive()
  }
}

async function joined(
  { bodyOf, contents }: UploadParts,
  { added, asked, target }: { asked: Asked; target: Target; added: SealedBody },
  options: CallOptions = {},
): Promise<SealedBody> {
  const before = await bodyOf(target, options)
  if (before === undefined) return added
  const signal = options.signal === undefined ? {} : { signal: options.signal }
  return contents.join([before, added], {
    nick: asked.who.nick ?? '',
    isGrowing: true,
    ...signal,
  })
}

function expectationOf(ifMatch: WriteAsk['ifMatch']): Pick<PutInput, 'expected'> {
  if (ifMatch === undefined) return {}
  return { expected: typeof ifMatch === 'string' ? { is: 'etag', etag: ifMatch } : ifMatch }
}

/** In the tree. @throws AnilloError CONDITION_FAILED, NO_ENTRY */
async function putSealed(
  { tree }: UploadParts,
  given: {
    readonly asked: Asked
    readonly target: Target
    readonly sealed: SealedBody
    readonly claimed: string | undefined
    readonly how: Pick<PutInput, 'expected' | 'append'>
  },
  options?: CallOptions,
): Promise<Written> {
  const { asked, claimed, how, sealed, target } = given
  const { modifiedMs } = asked.ask
  const time = modifiedMs === undefined ? {} : { modifiedMs }
  const input = { by: asked.who.nick ?? '', ...partOf(sealed), ...time, ...how, claimed }
  try {
    return await tree.put(target, input, options)
  } catch (thrown) {
    if (isAnilloError(thrown, 'ENTRY_EXISTS')) throw conditionFailed(target.path)
    throw thrown
  }
}

/** Of an entry that names it. */
export function partOf(
  sealed: SealedBody,
): Pick<PutInput, 'bytes' | 'sha256' | 'body' | 'content'> {
  const { sha256 } = sealed
  return sealed.kind === 'here'
    ? { sha256, bytes: sealed.bytes.length, body: sealed.bytes }
    : { sha256, bytes: sealed.bytes, content: sealed.id }
}
