/**
 * Letting others in, as a running member does it: its door for strangers, what members ask of one
 * another about newcomers, and the upkeep of its own papers.
 */
import { AnilloError } from '../../base/errors.ts'
import { sameDigest } from '../../base/hash.ts'
import { parseMemberId, type MemberId } from '../../base/ids.ts'
import { instant } from '../../base/instant.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import type { Effects } from '../../effects/effects.ts'
import type { LocalNetworks } from '../../effects/local-networks.ts'
import type { MemberCredentials, StrangerConnection } from '../../effects/net.ts'
import type { Overlay, TellDoing } from '../../overlay/types.ts'
import type { CallContext, RpcClient, RpcServer, Target } from '../../rpc/types.ts'
import { enrolMember } from '../../store/roster/procedures.ts'
import type { Store } from '../../store/types.ts'
import type { AuthorityRotation, Member, Role, Waiting } from '../../wire/api.ts'
import {
  admitsLocally,
  admitWaiting,
  certifyDoor,
  copyAuthority,
  listWaiting,
  renewCertificate,
  rotateAuthority,
  type RenewQuestion,
} from '../../wire/enrolment.ts'
import { RING_PARTITION } from '../../wire/partition.ts'
import { makeTokenOf, type MadeToken, type TokenAsk } from './commands.ts'
import {
  askForDoor,
  issueDoor,
  type DoorCertificate,
  type DoorRequest,
} from './door-certificate.ts'
import { EnrolmentDoor } from './door.ts'
import { holdsAuthority, issueTo, type FoundedRing } from './found.ts'
import { Papers, type Renewed } from './papers.ts'
import { RateLimit } from './rate-limit.ts'
import type { MemberFiles } from './ring-files.ts'
import { Rotator } from './rotator.ts'
import { Upkeep } from './upkeep.ts'
import { makeWarrant } from './warrant.ts'

/** A person types a code once or twice; ten in a minute are guesses. */
const ADMIT_TRIES_PER_MINUTE_MAX = 10
/** What is under way over a connection that proved itself by the old authority may end. */
const OLD_AUTHORITY_GRACE_MS = MINUTE_MS
/** With papers out of date little is under way. */
const OUT_OF_DATE_GRACE_MS = 2 * SECOND_MS
/** Members asked at once about newcomers; more are not asked at all. */
const MEMBERS_ASKED_MAX = 256

export interface EnrolmentDeps {
  /** `disk` is rooted at the member's own directory. */
  readonly effects: Pick<Effects, 'clock' | 'random' | 'crypto' | 'cipher' | 'disk' | 'log'>
  /** Of the member, 32 bytes: seals its papers. */
  readonly key: Uint8Array
  readonly localNetworks: LocalNetworks
  readonly client: RpcClient
  readonly overlay: Pick<Overlay, 'self' | 'successors'>
  /** Where the ring's list of members is. */
  readonly store: Pick<Store, 'call' | 'get' | 'list' | 'transact'>
  /** All members as this one knows them, itself among them. */
  readonly members: () => Promise<readonly Member[]>
  readonly files: MemberFiles
  /** As the ring's list has it: the member may open a door for clients. */
  readonly isEntry: (member: MemberId) => boolean
  readonly tell: TellDoing
  /**
   * Connections are to prove themselves anew; what is under way over the old ones has so long to
   * end.
   */
  readonly papersChanged: (graceMs: number) => void
  /**
   * For so long from the start newcomers of the local network are let in without asking; 0 never.
   */
  readonly admitLocalMs: number
}

export interface Enrolment {
  /** For `ListenOptions.stranger`. */
  stranger(connection: StrangerConnection): void
  /** For `ListenOptions.credentials` and for calls; changes when the certificate is renewed. */
  credentials(): MemberCredentials
  /**
   * For this member's door for clients.
   * @throws AnilloError RING_NOT_READY, RPC_UNREACHABLE and its like where no holder answers
   */
  doorCertificate(request: DoorRequest): Promise<DoorCertificate>
  /** Whether newcomers can be enrolled here: answers to discovery depend on it. */
  mayEnrol(): boolean
  /**
   * A token that lets one newcomer in. @throws AnilloError ENROL_ELSEWHERE, RING_ON_ONE_COMPUTER
   */
  makeToken(ask: TokenAsk): MadeToken
  /**
   * Begins to change to another authority, or tells of the change under way.
   * @throws AnilloError RING_NOT_READY, STORE_UNAVAILABLE, OUTCOME_UNKNOWN
   */
  rotateAuthority(): Promise<AuthorityRotation>
  /** The change under way, or the last one; `undefined` where there was none. */
  rotation(): Promise<AuthorityRotation | undefined>
  /** Those who wait at any member. */
  waiting(): Promise<readonly Waiting[]>
  /** @throws AnilloError ADMISSION_UNKNOWN, ADMISSION_AMBIGUOUS, BUSY */
  admit(code: string): Promise<void>
  /**
   * Wall clock until which the local network is let in without asking; `undefined` when it is not.
   */
  admitsLocalUntilMs(): number | undefined
  /** Before anybody is connected with: renews what is old where that needs nobody else. */
  renewHere(): Promise<void>
  /**
   * After the member has joined: asks for the key where it should hold one, renews what is old,
   * daily.
   */
  start(): void
  close(): void
}

/** Registers the handlers; the member must not listen before. */
export function registerEnrolment(rpc: RpcServer, deps: EnrolmentDeps): Enrolment {
  const enrolment = new MemberEnrolment(deps)
  enrolment.register(rpc)
  return enrolment
}

class MemberEnrolment implements Enrolment {
  readonly #deps: EnrolmentDeps
  readonly #papers: Papers
  readonly #door: EnrolmentDoor
  readonly #upkeep: Upkeep
  readonly #rotator: Rotator
  readonly #admitTries: RateLimit
  /** Monotonic. */
  readonly #admitLocalUntilMs: number

  constructor(deps: EnrolmentDeps) {
    this.#deps = deps
    const { effects } = deps
    const { clock, log } = effects
    this.#papers = new Papers({ ...effects, key: deps.key }, deps.files)
    this.#admitTries = new RateLimit(clock, {
      countMax: ADMIT_TRIES_PER_MINUTE_MAX,
      windowMs: MINUTE_MS,
    })
    this.#admitLocalUntilMs = clock.nowMs() + deps.admitLocalMs
    this.#door = new EnrolmentDoor({
      effects,
      ring: () => this.#papers.ring,
      entryAddresses: () => [deps.overlay.self.address, ...this.#neighbours()],
      enrol: (input) => deps.store.call(RING_PARTITION, enrolMember, input),
      admitsLocally: (host) => this.#anyAdmitsLocally(host),
      tell: deps.tell,
    })
    this.#upkeep = new Upkeep(effects, this.#papers, {
      wasOutOfDate: () => deps.papersChanged(OUT_OF_DATE_GRACE_MS),
      client: deps.client,
      others: async () => [...(await this.#others()), ...this.#entryPoints()],
    })
    this.#rotator = new Rotator({
      effects,
      self: deps.overlay.self.id,
      papers: this.#papers,
      store: deps.store,
      upkeep: this.#upkeep,
      settled: () => deps.papersChanged(OLD_AUTHORITY_GRACE_MS),
    })
    if (deps.admitLocalMs > 0) {
      log.warn('anyone of the local network is let in without asking', {
        untilWall: instant(clock.wallMs() + deps.admitLocalMs),
      })
    }
  }

  register(rpc: RpcServer): void {
    rpc.handle(renewCertificate, (question, context) => this.#renew(question, context))
    rpc.handle(copyAuthority, ({ roles, warrant }, context) => {
      const { authority } = this.#requireRing()
      const isVouched = this.#vouches({ memberId: context.caller, roles, warrant })
      if (!holdsAuthority(roles) || !isVouched) {
        throw new AnilloError('FORBIDDEN', {
          problem: 'the authority’s key is for members that store data',
        })
      }
      const { former: _, ...issuing } = authority
      return issuing
    })
    rpc.handle(rotateAuthority, async () => {
      await this.#rotator.begin()
      return {}
    })
    rpc.handle(certifyDoor, (request, context) => this.#certifyDoor(request, context))
    rpc.handle(listWaiting, () => ({ waiting: [...this.#door.waitingHere()] }))
    rpc.handle(admitWaiting, ({ code }) => ({ admitted: this.#door.admitHere(code) }))
    rpc.handle(admitsLocally, ({ host }) => ({ admits: this.#admitsLocally(host) }))
  }

  stranger(connection: StrangerConnection): void {
    this.#door.stranger(connection)
  }

  credentials(): MemberCredentials {
    return this.#papers.credentials
  }

  async doorCertificate(request: DoorRequest): Promise<DoorCertificate> {
    const { ring } = this.#papers
    if (ring !== undefined) return issueDoor(this.#deps.effects, ring, request)
    const members = [...(await this.#others()), ...this.#entryPoints()]
    return askForDoor(this.#deps.client, members, request)
  }

  mayEnrol(): boolean {
    return this.#papers.ring !== undefined
  }

  async rotateAuthority(): Promise<AuthorityRotation> {
    if (this.#papers.ring !== undefined) await this.#rotator.begin()
    else await this.#upkeep.askAny((client, member) => client.call(member, rotateAuthority, {}))
    const rotation = await this.rotation()
    if (rotation !== undefined) return rotation
    throw new AnilloError('RING_NOT_READY')
  }

  async rotation(): Promise<AuthorityRotation | undefined> {
    const view = await this.#rotator.view()
    if (view === undefined) return undefined
    const { rotation, waitsFor } = view
    const { number, phase, beganAtMs } = rotation
    return { number, phase, beganAt: instant(beganAtMs), waitsFor: [...waitsFor] }
  }

  makeToken(ask: TokenAsk): MadeToken {
    const { ring, files } = this.#papers
    return makeTokenOf(this.#deps.effects, { ring, card: files }, ask)
  }

  async renewHere(): Promise<void> {
    if (this.#papers.ring !== undefined) await this.#upkeep.renewWhereDue()
  }

  start(): void {
    this.#upkeep.start()
    this.#rotator.start()
  }

  close(): void {
    this.#upkeep.stop()
    this.#rotator.stop()
    this.#door.close()
  }

  admitsLocalUntilMs(): number | undefined {
    const { clock } = this.#deps.effects
    const leftMs = this.#admitLocalUntilMs - clock.nowMs()
    return leftMs > 0 ? clock.wallMs() + leftMs : undefined
  }

  async waiting(): Promise<readonly Waiting[]> {
    const lists = await this.#waitingByMember()
    return lists.flatMap(({ waiting }) => waiting).toSorted((a, b) => (a.since < b.since ? -1 : 1))
  }

  async admit(code: string): Promise<void> {
    if (!this.#admitTries.tryTake()) throw new AnilloError('BUSY', { what: 'codes tried' })
    const lists = await this.#waitingByMember()
    const places = lists.filter(({ waiting }) => waiting.some((one) => one.code === code))
    const [place] = places
    if (place === undefined) throw new AnilloError('ADMISSION_UNKNOWN', { code })
    // One of them may be somebody in the middle who found a code that fits: neither is let in.
    if (places.length > 1) throw new AnilloError('ADMISSION_AMBIGUOUS', { code })
    const isAdmitted =
      place.member === undefined
        ? this.#door.admitHere(code)
        : (await this.#deps.client.call(place.member, admitWaiting, { code })).admitted
    if (!isAdmitted) throw new AnilloError('ADMISSION_UNKNOWN', { code })
  }

  /** Of each member that answers; this one has no target. */
  async #waitingByMember(): Promise<readonly WaitingAt[]> {
    const here: WaitingAt = { member: undefined, waiting: this.#door.waitingHere() }
    const others = await this.#askOthers(async (member) => {
      const { waiting } = await this.#deps.client.call(member, listWaiting, {})
      return { member, waiting }
    })
    return [here, ...others]
  }

  async #renew(
    { requestPem, roles = [], warrant: shown = '' }: RenewQuestion,
    { caller }: CallContext,
  ): Promise<Renewed> {
    const ring = this.#requireRing()
    const memberId = await this.#deps.effects.crypto.readRequest(requestPem)
    if (memberId !== caller) {
      throw new AnilloError('FORBIDDEN', { problem: 'a certificate is renewed for its own member' })
    }
    const issued = await issueTo(this.#deps.effects, ring, { requestPem, roles })
    const { certificatePem, certificateUntilMs, warrant } = issued
    const authorityPem = ring.authority.certificatePem
    const renewed = { certificatePem, certificateUntilMs, authorityPem }
    // Renewal gives no roles: only those that were vouched for are again.
    return this.#vouches({ memberId, roles, warrant: shown }) ? { ...renewed, warrant } : renewed
  }

  /** The warrant is of an authority whose key is held here. */
  #vouches(shown: {
    readonly memberId: MemberId
    readonly roles: readonly Role[]
    readonly warrant: string
  }): boolean {
    const { authority } = this.#requireRing()
    const { former } = authority
    return [authority, ...(former === undefined ? [] : [former])].some((held) =>
      sameDigest(makeWarrant(this.#deps.effects.crypto, held, shown), shown.warrant),
    )
  }

  /** The list says who may open a door; the request is the member's own. */
  async #certifyDoor(request: DoorRequest, { caller }: CallContext): Promise<DoorCertificate> {
    const ring = this.#requireRing()
    const { crypto } = this.#deps.effects
    if ((await crypto.readRequest(request.requestPem)) !== caller || !this.#deps.isEntry(caller)) {
      throw new AnilloError('FORBIDDEN', {
        problem: 'a certificate for a door is for the member with role entry that asks',
      })
    }
    return issueDoor(this.#deps.effects, ring, request)
  }

  /**
   * The host must be of this member's network and of the network of a member whose window is open.
   */
  async #anyAdmitsLocally(host: string): Promise<boolean> {
    if (this.#admitsLocally(host)) return true
    if (!this.#deps.localNetworks.isAttached(host)) return false
    const answers = await this.#askOthers((member) =>
      this.#deps.client.call(member, admitsLocally, { host }),
    )
    return answers.some(({ admits }) => admits)
  }

  #admitsLocally(host: string): boolean {
    const isOpen = this.admitsLocalUntilMs() !== undefined
    return isOpen && this.#deps.localNetworks.isAttached(host)
  }

  #requireRing(): FoundedRing {
    const { ring } = this.#papers
    if (ring === undefined) throw new AnilloError('ENROL_ELSEWHERE')
    return ring
  }

  /** Whom it joined through: a fresh member may know nobody else yet. */
  #entryPoints(): readonly Target[] {
    const { entryAddresses } = this.#papers.files.identity
    return entryAddresses.map((address) => ({ addresses: [address] }))
  }

  #neighbours(): readonly string[] {
    return this.#deps.overlay.successors(MEMBERS_ASKED_MAX).map(({ address }) => address)
  }

  async #others(): Promise<readonly Target[]> {
    const members = await this.#deps.members()
    return members
      .filter((member) => member.state !== 'down' && member.id !== this.#deps.overlay.self.id)
      .slice(0, MEMBERS_ASKED_MAX)
      .map((member) => ({ addresses: [member.address], id: parseMemberId(member.id) }))
  }

  /** Answers of those that answer. */
  async #askOthers<A>(ask: (member: Target) => Promise<A>): Promise<readonly A[]> {
    const others = await this.#others()
    const settled = await Promise.allSettled(others.map(ask))
    return settled.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  }
}

interface WaitingAt {
  readonly member: Target | undefined
  readonly waiting: readonly Waiting[]
}
