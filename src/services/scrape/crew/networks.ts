/**
 * By whose network a page is fetched: this member's own, and where that cannot reach the site, that
 * of a member of another host. Never to dodge what a site says: once any host has answered
 * anything, or the gate refused an address, that is the end of it.
 */
import { AnilloError, isAnilloError, parseErrorCode } from '../../../base/errors.ts'
import { positionOf } from '../../../base/ids.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import type { RpcClient } from '../../../rpc/types.ts'
import type { ChunkStore } from '../../../store/types.ts'
import type { MemberRef } from '../../../wire/api.ts'
import { fetchFor, type FetchedFor } from '../../../wire/fetch-for.ts'
import type { FetchTools } from '../fetch/fetch-page.ts'
import { receiveHere, type ReceivedBy, type ReceiveOrder } from '../pages/page-download.ts'
import { othersInTurn, ofVantage, targetOf, type Crew, type CrewMember } from './crew.ts'
import { ELSEWHERE_MAX, VANTAGE_TRIES_MAX } from './limits.ts'
import { Unreached } from './unreached.ts'

export interface NetworksTools {
  readonly clock: Clock
  readonly log: Log
  readonly rpc: RpcClient
  readonly crew: Crew
  readonly self: MemberRef
  readonly chunks: ChunkStore
  readonly fetching: FetchTools
}

export interface NetworkOrder extends Omit<ReceiveOrder, 'answered'> {
  /** The one that must do it; `undefined`: any. */
  readonly vantage: string | undefined
  /** Another request to the site may begin now. */
  readonly mayBegin: () => boolean
}

/** What came of one try. */
type Tried =
  | { readonly kind: 'received'; readonly received: ReceivedBy }
  | { readonly kind: 'failed'; readonly error: unknown; readonly isAnswered: boolean }
  /** The member cannot do it: nothing was learnt of the site. */
  | { readonly kind: 'unable' }

export class Networks {
  readonly #tools: NetworksTools
  readonly #unreached: Unreached

  constructor(tools: NetworksTools) {
    this.#tools = tools
    this.#unreached = new Unreached(tools.clock)
  }

  /** @throws AnilloError as `fetchPage` and `ChunkStore.put`; VANTAGE_UNKNOWN, VANTAGE_SILENT */
  async receive(order: NetworkOrder): Promise<ReceivedBy> {
    if (order.vantage !== undefined) return this.#from(order.vantage, order)
    const { host } = new URL(order.url)
    let failure: unknown
    for (const member of this.#inTurn(host)) {
      // Whoever gave leave for one request gives it again for the next.
      if (failure !== undefined && !order.mayBegin()) break
      const tried = await this.#try(member, order)
      if (tried.kind === 'unable') continue
      if (tried.kind === 'received') {
        this.#unreached.reached(host, idOf(member, this.#tools.self))
        return tried.received
      }
      failure = tried.error
      if (tried.isAnswered || !isOfNetwork(failure)) break
      this.#unreached.failed(host, idOf(member, this.#tools.self))
    }
    throw failure
  }

  /**
   * `here` first, then members of other hosts: those of this one have its network. Who could not
   * reach the host lately is passed over; where all could not, it is tried from here alone.
   */
  #inTurn(host: string): readonly (CrewMember | 'here')[] {
    const { crew, self } = this.#tools
    const all = crew()
    const own = all.find(({ id }) => id === self.id)?.host
    const others = othersInTurn(all, { seed: host, self: self.id })
      .filter((member) => member.host !== own)
      .slice(0, ELSEWHERE_MAX)
    const failed = this.#unreached.of(host)
    const able = others.filter(({ id }) => !failed.has(id))
    if (!failed.has(self.id)) return ['here', ...able]
    // The last word is this member's own: others may be gone.
    return [...able, 'here']
  }

  async #from(vantage: string, order: NetworkOrder): Promise<ReceivedBy> {
    const { crew, self } = this.#tools
    const meant = ofVantage(crew(), vantage)
    if (meant.length === 0) throw new AnilloError('VANTAGE_UNKNOWN', { vantage })
    const isHere = meant.some(({ id }) => id === self.id)
    const members = isHere ? (['here'] as const) : meant.slice(0, VANTAGE_TRIES_MAX)
    for (const member of members) {
      const tried = await this.#try(member, order)
      if (tried.kind === 'received') return tried.received
      if (tried.kind === 'failed') throw tried.error
    }
    throw new AnilloError('VANTAGE_SILENT', { vantage })
  }

  #try(member: CrewMember | 'here', order: NetworkOrder): Promise<Tried> {
    return member === 'here' ? this.#here(order) : this.#there(member, order)
  }

  async #here(order: NetworkOrder): Promise<Tried> {
    let isAnswered = false
    const answered = (): void => {
      isAnswered = true
    }
    try {
      const received = await receiveHere({ ...order, answered }, this.#tools)
      return { kind: 'received', received: { ...received, by: this.#tools.self } }
    } catch (error) {
      order.signal.throwIfAborted()
      return { kind: 'failed', error, isAnswered }
    }
  }

  async #there(member: CrewMember, order: NetworkOrder): Promise<Tried> {
    const { log, rpc } = this.#tools
    const { conditions, signal, upload, url, wantsLinks } = order
    const question = {
      url,
      conditions: conditions.map(([name, value]): [string, string] => [name, value]),
      upload,
      links: wantsLinks(),
    }
    try {
      const answer = await rpc.call(targetOf(member), fetchFor, question, { signal })
      return triedThere(answer, member)
    } catch (thrown) {
      signal.throwIfAborted()
      if (!isAnilloError(thrown)) throw thrown
      log.debug('a member cannot fetch for this one', { member: member.id, error: thrown })
      return { kind: 'unable' }
    }
  }
}

function triedThere(answer: FetchedFor, member: CrewMember): Tried {
  const { address, id, name } = member
  const by: MemberRef = { name, id, address, position: positionOf(address) }
  if (answer.kind === 'page') {
    const { body, fetched, links } = answer
    return { kind: 'received', received: { kind: 'page', fetched, body, links, by } }
  }
  if (answer.kind === 'notModified') {
    const { durationMs, headers, remoteAddress } = answer
    const told = { isNotModified: true, headers, remoteAddress, durationMs } as const
    return { kind: 'received', received: { kind: 'notModified', answer: told, by } }
  }
  const code = parseErrorCode(answer.code)
  // A newer member knows failures that this one does not.
  if (code === undefined) return { kind: 'unable' }
  const error = new AnilloError(code, answer.details)
  return { kind: 'failed', error, isAnswered: answer.isAnswered }
}

function idOf(member: CrewMember | 'here', self: MemberRef): string {
  return member === 'here' ? self.id : member.id
}

/** Nobody was reached: another network may do better. */
function isOfNetwork(error: unknown): boolean {
  if (!isAnilloError(error)) return false
  if (error.code === 'FETCH_TIMEOUT') return CONNECTING.has(String(error.details['phase']))
  return error.code === 'HOST_UNKNOWN' || error.code === 'FETCH_REFUSED'
}

const CONNECTING: ReadonlySet<string> = new Set(['name', 'connect'])
