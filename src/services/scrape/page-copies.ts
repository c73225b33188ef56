/**
 * Copies of a page at other members: how they are made, and moved when the ring changes.
 *
 * A page belongs to its owner and to the owner's next two successors. New ones are copied there
 * before anybody is told `done`. When neighbours change, each member offers what it owns to its
 * (new) two successors, and what it does not own to its (new) predecessor, who takes what it owns
 * and lacks. Only newer records ever move, so two members that offer to one another come to rest.
 */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { Sha256 } from '../../base/hash.ts'
import { parseMemberId, parsePosition, type MemberId } from '../../base/ids.ts'
import { MIB } from '../../base/limits.ts'
import type { Clock, Timer } from '../../effects/clock.ts'
import type { Log } from '../../effects/log.ts'
import type { OwnerAnswer, Overlay, TellDoing } from '../../overlay/types.ts'
import type { RpcClient, Target } from '../../rpc/types.ts'
import type { MemberRef, Page } from '../../wire/api.ts'
import {
  OFFER_PAGES_MAX,
  offerPages,
  readBody,
  takePage,
  type PageRecord,
  type PageSummary,
} from '../../wire/pages.ts'
import {
  BODY_PIECE_TIMEOUT_MS,
  COPIES_BESIDE_OWNER,
  GIVE_AT_ONCE_MAX,
  LEVEL_DELAY_MS,
  LEVEL_RETRY_MS,
  SEARCHED_SUCCESSORS,
  TAKE_TIMEOUT_MS,
  TAKE_TIMEOUT_MS_PER_MIB,
} from './limits.ts'
import { addsTo } from './page-record.ts'
import type { Draft, PageShelf, ShelfEntry } from './page-shelf.ts'

export type Neighbour = OwnerAnswer['owner']

export interface CopiesTools {
  readonly clock: Clock
  readonly log: Log
  readonly rpc: RpcClient
  readonly overlay: Overlay
  readonly shelf: PageShelf
  readonly tell: TellDoing
}

/** As what the receiver is to take pages: as theirs, or as copies of somebody else's. */
type Share = 'owner' | 'copy'

export class PageCopies {
  readonly #tools: CopiesTools
  /** Successors that hold all that this member owns. */
  #inStep = new Set<MemberId>()
  /** The predecessor that has been offered all that this member does not own. */
  #offeredTo: MemberId | undefined
  #levelling: Promise<void> | undefined
  #timer: Timer | undefined
  readonly #closing = new AbortController()
  readonly #stopWatching: () => void

  constructor(tools: CopiesTools) {
    this.#tools = tools
    this.#stopWatching = tools.overlay.onNeighbours(() => this.#levelIn(LEVEL_DELAY_MS))
    this.#levelIn(LEVEL_DELAY_MS)
  }

  /**
   * Fetches the body where it is not held, and keeps the record. @throws AnilloError RPC_*,
   * NOT_FOUND, DISK_FULL
   */
  async takeOver(record: PageRecord, from: MemberRef): Promise<PageRecord> {
    const { shelf } = this.#tools
    const { page } = record
    const held = shelf.get(record.id)
    if (held !== undefined && !addsTo(held, record)) return held
    if (page === undefined || shelf.holdsBody(page.hash)) return shelf.keep(record)
    const draft = await shelf.draft()
    try {
      await this.#receive(page, { from, draft })
    } catch (thrown) {
      await draft.discard()
      throw thrown
    }
    return shelf.keep(record, draft)
  }

  /** Returns once as many successors as there ought to be, or as there are, have it on disk. */
  async spread(record: PageRecord): Promise<void> {
    const tried = new Set<MemberId>()
    for (let wanted = COPIES_BESIDE_OWNER; wanted > 0;) {
      const next = this.#tools.overlay.successors(SEARCHED_SUCCESSORS + COPIES_BESIDE_OWNER)
      const peers = next.filter((peer) => !tried.has(peer.id)).slice(0, wanted)
      if (peers.length === 0) return
      for (const peer of peers) tried.add(peer.id)
      const given = await Promise.all(peers.map((peer) => this.#give(peer, record)))
      wanted -= given.filter((bytes) => bytes !== undefined).length
    }
  }

  /** Which of the offered pages this member lacks and ought to have. */
  wanted(as: Share, pages: readonly PageSummary[]): string[] {
    const { overlay, shelf } = this.#tools
    return pages
      .filter(({ id }) => as === 'copy' || overlay.owns(parsePosition(id)))
      .filter(({ id, changedAtMs: at }) => (shelf.changedAtMs(id) ?? -1) < at)
      .map(({ id }) => id)
  }

  /**
   * Gives all that this member owns to those who own it when it is gone, and the rest to whose it
   * is already.
   */
  async drain(): Promise<void> {
    const successors = this.#tools.overlay.successors(COPIES_BESIDE_OWNER)
    const predecessor = this.#tools.overlay.predecessor()
    await Promise.all([
      ...successors.map((peer) => this.#handOver(peer, 'copy')),
      ...(predecessor === undefined ? [] : [this.#handOver(predecessor, 'owner')]),
    ])
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#stopWatching()
    this.#timer?.cancel()
    await this.#levelling
  }

  /** Ends every call when this member stops. */
  get #signal(): AbortSignal {
    return this.#closing.signal
  }

  async #receive(
    page: Page,
    { from, draft }: { readonly from: MemberRef; readonly draft: Draft },
  ): Promise<void> {
    const hash = new Sha256()
    const question = { hash: page.hash, offset: 0 }
    const pieces = this.#tools.rpc.stream(targetOf(from), readBody, question, {
      timeoutMs: BODY_PIECE_TIMEOUT_MS,
      signal: this.#signal,
    })
    let bytes = 0
    for await (const piece of pieces) {
      bytes += piece.bytes.length
      if (bytes > page.bytes) break
      hash.update(piece.bytes)
      await draft.write(piece.bytes)
    }
    if (bytes !== page.bytes || hash.digestHex() !== page.hash) {
      throw new AnilloError('RPC_GARBLED', {
        address: from.address,
        problem: 'the content is not what was told',
      })
    }
  }

  /** @returns the bytes that went over, or `undefined` when the other member could not take it. */
  async #give(peer: Neighbour, record: PageRecord): Promise<number | undefined> {
    const timeoutMs =
      TAKE_TIMEOUT_MS + Math.ceil((record.page?.bytes ?? 0) / MIB) * TAKE_TIMEOUT_MS_PER_MIB
    try {
      const question = { record, from: refOf(this.#tools.overlay.self) }
      const options = { timeoutMs, signal: this.#signal }
      return (await this.#tools.rpc.call(targetOf(peer), takePage, question, options)).bytes
    } catch (thrown) {
      if (this.#signal.aborted) return undefined
      this.#tools.log.warn('a copy could not be given', {
        id: record.id,
        peer: peer.address,
        error: thrown,
      })
      this.#inStep.delete(peer.id)
      this.#levelIn(LEVEL_RETRY_MS)
      return undefined
    }
  }

  #levelIn(delayMs: number): void {
    if (this.#signal.aborted) return
    this.#timer?.cancel()
    this.#timer = this.#tools.clock.after(delayMs, () => {
      // One at a time: a change in between starts the next round.
      this.#levelling = (this.#levelling ?? Promise.resolve()).then(() => this.#level())
    })
  }

  async #level(): Promise<void> {
    if (this.#signal.aborted || !this.#tools.overlay.joined) return
    const predecessor = this.#tools.overlay.predecessor()
    // Its range has changed: the successors lack what has just become this member's own.
    if (predecessor?.id !== this.#offeredTo) this.#inStep.clear()
    const successors = this.#tools.overlay.successors(COPIES_BESIDE_OWNER)
    this.#inStep = new Set(successors.map(({ id }) => id).filter((id) => this.#inStep.has(id)))
    for (const peer of successors) {
      if (!this.#inStep.has(peer.id) && (await this.#handOver(peer, 'copy')))
        this.#inStep.add(peer.id)
    }
    if (predecessor === undefined) this.#offeredTo = undefined
    else if (predecessor.id !== this.#offeredTo && (await this.#handOver(predecessor, 'owner')))
      this.#offeredTo = predecessor.id
  }

  /** @returns whether the other member now has all that it wanted. */
  async #handOver(peer: Neighbour, as: Share): Promise<boolean> {
    const { overlay, shelf, rpc, tell } = this.#tools
    const sum = { count: 0, bytes: 0, isWhole: true }
    const ours = shelf.entries().filter((entry) => overlay.owns(entry.id) === (as === 'copy'))
    const options = { signal: this.#signal }
    try {
      for (const pages of batches(ours, OFFER_PAGES_MAX)) {
        if (this.#signal.aborted) return false
        const { wanted } = await rpc.call(targetOf(peer), offerPages, { as, pages }, options)
        await this.#giveAll(peer, { wanted, sum })
      }
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      this.#tools.log.warn('pages could not be offered', { peer: peer.address, error: thrown })
      this.#levelIn(LEVEL_RETRY_MS)
      sum.isWhole = false
    }
    if (sum.count > 0)
      tell({ kind: 'handover', other: refOf(peer), count: sum.count, bytes: sum.bytes })
    return sum.isWhole
  }

  async #giveAll(
    peer: Neighbour,
    { wanted, sum }: { readonly wanted: readonly string[]; readonly sum: HandoverSum },
  ): Promise<void> {
    const left = [...wanted]
    const giver = async (): Promise<void> => {
      for (let id = left.pop(); id !== undefined; id = left.pop()) {
        const record = this.#tools.shelf.get(id)
        const bytes = record === undefined ? 0 : await this.#give(peer, record)
        if (bytes === undefined) sum.isWhole = false
        else {
          sum.count++
          sum.bytes += bytes
        }
      }
    }
    await Promise.all(Array.from({ length: GIVE_AT_ONCE_MAX }, giver))
  }
}

interface HandoverSum {
  count: number
  bytes: number
  isWhole: boolean
}

export function targetOf(member: MemberRef & { readonly id: string }): Target {
  return { addresses: [member.address], id: parseMemberId(member.id) }
}

/** Only what the wire's shape has. */
export function refOf(member: MemberRef): MemberRef {
  const { name, id, address, position } = member
  return { name, id, address, position }
}

function* batches(entries: Iterable<ShelfEntry>, size: number): Generator<PageSummary[]> {
  let batch: PageSummary[] = []
  for (const { id, changedAtMs: at } of entries) {
    batch.push({ id, changedAtMs: at })
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
