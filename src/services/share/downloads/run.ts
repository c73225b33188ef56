/**
 * One download, from wherever it stands to its end, at the member that leads its partition. What
 * is kept is in the store: should this member die, the next one goes on behind it.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { hexOf } from '../../../base/hex.ts'
import { DAY_MS } from '../../../base/limits.ts'
import { pause } from '../../../effects/pause.ts'
import type { Procedure } from '../../../store/partition/procedure.ts'
import { isDownloadOver, type Failure } from '../../../wire/download-states.ts'
import { SHARE_BYTES_MAX, SOURCES_MAX } from '../../../wire/share-bounds.ts'
import {
  ANNOUNCE_FROM_BYTES,
  DOWNLOAD_PATIENCE_MS,
  LOOK_AGAIN_MS,
  LOOK_AGAIN_NONE_MS,
  PARTIAL_LIFE_MS,
  PROGRESS_EVERY_MS,
  ROOM_AGAIN_MS,
} from '../limits.ts'
import type { FoundSource, Lookups } from '../lookups.ts'
import { MainlineSources } from '../mainline/mainline-sources.ts'
import { isAtDoor } from '../own-doors.ts'
import type { ShareParts } from '../parts.ts'
import type { Announcer } from '../shares/announcer.ts'
import type { RingPublisher } from '../shares/publisher.ts'
import type { Shares } from '../shares/shares.ts'
import { isSourceFailure } from '../sources/source-client.ts'
import { piecesIn, type HashTree } from '../tree/hash-tree.ts'
import {
  endDownload,
  joinDownload,
  learnDownload,
  noteLive,
  pauseDownload,
  type EndInput,
} from './download-procedures.ts'
import {
  downloadKey,
  partitionOfDownload,
  readDownloadRow,
  type DownloadRow,
} from './download-rows.ts'
import { Fetching, StoreFailure } from './fetching.ts'
import type { Joining } from './joining.ts'
import { KeptPieces } from './kept-pieces.ts'
import { problemOf } from './problem.ts'
import { demandRights, problemOfHeld, RightsLost, watchRights } from './rights.ts'
import { noteFailures, unprovenParts } from './unproven.ts'

export interface RunTools {
  readonly parts: ShareParts
  readonly shares: Shares
  readonly lookups: Lookups
  readonly announcer: Announcer
  readonly publisher: RingPublisher
  readonly joining: Joining
}

export class DownloadRun {
  readonly #tools: RunTools
  readonly #id: string
  readonly #kept: KeptPieces
  readonly #signal: AbortSignal
  readonly #losing = new AbortController()
  #lost: RightsLost | undefined
  /** Of this run, by the clock that never goes back. */
  readonly #begunMs: number
  readonly #mainline: MainlineSources
  #announcedMs: number | undefined

  constructor(tools: RunTools, id: string, signal: AbortSignal) {
    this.#tools = tools
    this.#id = id
    this.#kept = new KeptPieces(tools.parts, id)
    this.#signal = AbortSignal.any([signal, this.#losing.signal])
    this.#begunMs = tools.parts.effects.clock.nowMs()
    this.#mainline = new MainlineSources(tools.parts, signal)
  }

  /** Resolves when it is over, or not this member’s any more. @throws what passes */
  async run(): Promise<void> {
    const row = await this.#row()
    if (row === undefined || isDownloadOver(row.state) || row.state === 'paused') return
    const over = new AbortController()
    const lost = (why: RightsLost): void => {
      this.#lost = why
      this.#losing.abort()
    }
    const watching = watchRights(this.#tools.parts, row.who, { lost, signal: over.signal })
    try {
      await demandRights(this.#tools.parts, row.who)
      await this.#go(row)
    } catch (thrown) {
      const cause = thrown instanceof StoreFailure ? thrown.cause : thrown
      if (cause instanceof RightsLost) this.#lost = cause
      else if (!this.#signal.aborted && !isAnilloError(cause, 'DOWNLOAD_OVER')) {
        if (!isAnilloError(cause) || isPassing(cause)) throw cause
        await this.#end({ state: 'failed', problem: problemOf(cause) })
      }
    } finally {
      over.abort()
      await watching
    }
    if (this.#lost !== undefined) await this.#leave(row, this.#lost)
  }

  /** Whose account may come back finds it as it was; of one that is gone nothing is kept. */
  async #leave({ who }: DownloadRow, { held }: RightsLost): Promise<void> {
    const problem = problemOfHeld(held, who.nick)
    if (held === 'gone') await this.#end({ state: 'failed', problem })
    else await this.#call(pauseDownload, { id: this.#id, problem })
  }

  async #go(began: DownloadRow): Promise<void> {
    let row = began
    if (row.bytes !== undefined) await this.#claim(row)
    if (row.state !== 'joining') {
      const found = row.root === undefined ? await this.#unproven(row) : await this.#proven(row)
      if (found === undefined || this.#signal.aborted) return
      if (!(await this.#call(joinDownload, { id: this.#id })).isJoining) return
      row = found
    }
    const done = await this.#tools.joining.join({ row, id: this.#id, kept: this.#kept })
    await this.#end({ state: 'done', ...done })
  }

  /** Each piece is proven, whoever sends it. `undefined`: it was ended. */
  async #proven(before: DownloadRow): Promise<DownloadRow | undefined> {
    const { root } = before
    if (root === undefined) return undefined
    const known = before.isProven ? await this.#kept.layer() : undefined
    const tree =
      known === undefined
        ? await this.#findTree(before, root)
        : { root, bytes: before.bytes ?? 0, layer: known }
    if (tree === undefined) return undefined
    const have = await this.#kept.have(piecesIn(tree.bytes))
    if (have.isFull) return this.#row()
    await this.#fetch(before, tree, have)
    return this.#row()
  }

  /** Hashes, of whoever gives them first. */
  async #findTree(row: DownloadRow, root: string): Promise<HashTree | undefined> {
    while (!this.#signal.aborted) {
      const failed = new Map<string, Failure>()
      for (const { url } of await this.#sourcesOf(row)) {
        const tree = await this.#layerFrom(url, { root, bytes: row.bytes }, failed)
        if (tree === undefined) continue
        await this.#claim({ ...row, bytes: tree.bytes })
        await this.#kept.keepLayer(tree.layer)
        const learned = { id: this.#id, root, bytes: tree.bytes, isProven: true }
        await this.#call(learnDownload, learned)
        return tree
      }
      await noteFailures({ id: this.#id, parts: this.#tools.parts }, failed)
      this.#demandPatience()
      await pause(this.#tools.parts.effects.clock, LOOK_AGAIN_NONE_MS, this.#signal)
    }
    return undefined
  }

  async #layerFrom(
    url: string,
    wanted: { readonly root: string; readonly bytes: number | undefined },
    failed: Map<string, Failure>,
  ): Promise<HashTree | undefined> {
    try {
      const found = await this.#tools.parts.sources.layer(url, wanted, this.#signal)
      return { ...found, root: wanted.root }
    } catch (thrown) {
      if (isSourceFailure(thrown)) failed.set(url, thrown.why)
      else if (!isAnilloError(thrown, 'RPC_CANCELLED')) throw thrown
      return undefined
    }
  }

  /** Whatever the address has; where it tells of a tree, proven after all. */
  async #unproven(row: DownloadRow): Promise<DownloadRow | undefined> {
    const { parts } = this.#tools
    const found = await unprovenParts(
      { parts, kept: this.#kept, signal: this.#signal, id: this.#id },
      row,
      {
        claim: (bytes) => this.#claim({ ...row, bytes }),
        fetch: (tree, have, source) => this.#fetchFrom(row, { tree, have }, [source]),
        patient: () => this.#demandPatience(),
      },
    )
    if (found === 'proven') {
      const known = await this.#row()
      return known === undefined ? undefined : this.#proven(known)
    }
    return found === 'whole' ? this.#row() : undefined
  }

  async #fetch(row: DownloadRow, tree: HashTree, have: FetchHave): Promise<void> {
    await this.#fetchFrom(row, { tree, have }, await this.#sourcesOf(row), () =>
      this.#sourcesOf(row),
    )
  }

  /** @param again asked for more sources, now and then; absent: there are no others */
  async #fetchFrom(
    row: DownloadRow,
    { have, tree }: { readonly tree: FetchTree; readonly have: FetchHave },
    sources: readonly FoundSource[],
    again?: () => Promise<readonly FoundSource[]>,
  ): Promise<void> {
    const ending = new AbortController()
    const signal = AbortSignal.any([this.#signal, ending.signal])
    const { parts } = this.#tools
    const nick = row.who.nick
    const fetching = new Fetching({ parts, kept: this.#kept, nick, tree, have, signal })
    fetching.add(sources)
    const beside = this.#beside(fetching, { row, tree, again, signal })
    try {
      await fetching.done()
    } finally {
      ending.abort()
      await beside
    }
  }

  /** Tells how it goes, looks for more sources, and says that some is here. */
  async #beside(
    fetching: Fetching,
    {
      again,
      row,
      signal,
      tree,
    }: {
      readonly row: DownloadRow
      readonly tree: FetchTree
      readonly again: (() => Promise<readonly FoundSource[]>) | undefined
      readonly signal: AbortSignal
    },
  ): Promise<void> {
    const { clock, log } = this.#tools.parts.effects
    let lookedMs = clock.nowMs()
    let roomMs = clock.nowMs()
    while (!signal.aborted) {
      await pause(clock, PROGRESS_EVERY_MS, signal)
      if (signal.aborted) return
      try {
        const nowMs = clock.nowMs()
        const live = { atMs: Math.floor(clock.wallMs()), ...fetching.live() }
        await this.#call(noteLive, { id: this.#id, live })
        if (nowMs - roomMs >= ROOM_AGAIN_MS) {
          roomMs = nowMs
          await this.#claim({ ...row, bytes: tree.bytes })
        }
        const lookMs = fetching.isStarved ? LOOK_AGAIN_NONE_MS : LOOK_AGAIN_MS
        if (nowMs - lookedMs < lookMs) continue
        lookedMs = nowMs
        if (fetching.isStarved) this.#demandPatience()
        if (again !== undefined) fetching.add(await again())
        await this.#announce(row, tree)
      } catch (thrown) {
        if (isAnilloError(thrown, 'DOWNLOAD_OVER') || isAnilloError(thrown, 'DOWNLOAD_STARVED')) {
          fetching.fail(thrown)
          return
        }
        log.debug('how a download goes was not noted', { error: thrown })
      }
    }
  }

  /** Addresses that are told for the content, without those of the ring itself. */
  async #sourcesOf(row: DownloadRow): Promise<readonly FoundSource[]> {
    const { lookups, parts, publisher } = this.#tools
    const names = [row.name, ...(row.root === undefined ? [] : [row.root])]
    const [found, doors, key] = await Promise.all([
      Promise.all(names.map((name) => lookups.find(name, this.#signal))),
      parts.doors(),
      publisher.key(),
    ])
    const own = hexOf(key.publicKey)
    const addresses = [...(row.url === undefined ? [] : [row.url]), ...row.seeds]
    const seeds = addresses.map((url) => ({ url, publisher: undefined, expiresMs: undefined }))
    const told = found
      .flatMap(({ contents }) => contents)
      .filter(
        ({ bytes, root }) => root === row.root && (bytes ?? row.bytes) === (row.bytes ?? bytes),
      )
      .flatMap(({ sources }) => sources)
    const isOthers = ({ publisher: by, url }: FoundSource): boolean =>
      by !== own && !isAtDoor(url, doors)
    const known = [...told, ...seeds].filter(isOthers)
    const more = await this.#mainline.of(row.mainline, known.length === 0)
    return [...known, ...more.filter(isOthers)].slice(0, SOURCES_MAX)
  }

  /** Others may have from here what is here already. */
  async #announce(row: DownloadRow, { bytes, layer, root }: FetchTree): Promise<void> {
    const { announcer, parts, shares } = this.#tools
    const { clock } = parts.effects
    const nowMs = clock.nowMs()
    const isSoon = nowMs - (this.#announcedMs ?? -Infinity) < PARTIAL_LIFE_MS / 2
    if (layer === undefined || isSoon) return
    const now = await this.#row()
    if (now === undefined || now.keptBytes < ANNOUNCE_FROM_BYTES) return
    // Under that name the ring has something to say already.
    if ((await shares.ofName(row.name)) !== undefined) return
    this.#announcedMs = nowMs
    const urls = await announcer.urlsOf(root, 0)
    if (urls.length === 0) return
    const sequence = Math.floor(clock.wallMs())
    const record = { name: row.name, root, bytes, sequence }
    await announcer.tell(announcer.recordOf(record, urls, PARTIAL_LIFE_MS))
  }

  /** Room for the file, and for the share that comes of it. */
  async #claim({ bytes = 0, who }: Pick<DownloadRow, 'bytes' | 'who'>): Promise<void> {
    if (bytes > SHARE_BYTES_MAX) throw new AnilloError('SHARE_TOO_LARGE', { limit: '64 GiB' })
    await this.#tools.parts.bytes.claim({ nick: who.nick, id: this.#id }, 2 * bytes)
  }

  /** Of this member: one that takes over begins anew, and no clock can end what another began. */
  #demandPatience(): void {
    if (this.#tools.parts.effects.clock.nowMs() - this.#begunMs < DOWNLOAD_PATIENCE_MS) return
    throw new AnilloError('DOWNLOAD_STARVED', { days: DOWNLOAD_PATIENCE_MS / DAY_MS })
  }

  async #end(end: Omit<EndInput, 'id'>): Promise<void> {
    await this.#call(endDownload, { id: this.#id, ...end })
    const row = await this.#row()
    const { bytes } = this.#tools.parts
    if (row !== undefined) await bytes.waive({ nick: row.who.nick, id: this.#id })
  }

  async #row(): Promise<DownloadRow | undefined> {
    const record = await this.#tools.parts.store.get(downloadKey(this.#id))
    return record === undefined ? undefined : readDownloadRow(record)
  }

  #call<Q, A>(procedure: Procedure<Q, A>, input: Q): Promise<A> {
    return this.#tools.parts.store.call(partitionOfDownload(this.#id), procedure, input)
  }
}

type FetchTree = Omit<HashTree, 'layer'> & { readonly layer: Uint8Array | undefined }
type FetchHave = Awaited<ReturnType<KeptPieces['have']>>

function isPassing({ code }: AnilloError): boolean {
  return code === 'BUSY' || code === 'STORE_UNAVAILABLE' || code === 'OUTCOME_UNKNOWN'
}
