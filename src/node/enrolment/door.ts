/**
 * The member's side of letting a newcomer in, over one stranger's connection:
 *
 *     newcomer                      member
 *     token + request        -->    verified, enrolled with it  --> admitted
 *     request + commitment   -->    nonce
 *     nonce                  -->    waits for a person, or for the local network's window -->
 * admitted
 *
 * Everything a stranger can use up is bounded: connections, time, messages (wire/enrol.ts), codes.
 */
import { unreachable } from '../../base/assert.ts'
import { AnilloError, asAnilloError } from '../../base/errors.ts'
import { sameDigest } from '../../base/hash.ts'
import type { MemberId } from '../../base/ids.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import type { Effects } from '../../effects/effects.ts'
import type { StrangerConnection } from '../../effects/net.ts'
import type { TellDoing } from '../../overlay/types.ts'
import type { Enrolled } from '../../store/roster/procedures.ts'
import type { Waiting } from '../../wire/api.ts'
import { ENROL_VERSION, FromNewcomer, NONCE_BYTES, type Newcomer } from '../../wire/enrol.ts'
import { FIRST_LEVELS } from '../../wire/levels.ts'
import type { EnrolInput } from '../../wire/roster-rows.ts'
import { EnrolChannel } from './channel.ts'
import { codeOf, commitmentOf } from './code.ts'
import { addressText, plainHost } from './endpoint.ts'
import { issueTo, type FoundedRing } from './found.ts'
import { RateLimit } from './rate-limit.ts'
import { verifyToken } from './token.ts'

/** More newcomers at once than any group brings; each costs a socket and 16 KiB. */
export const STRANGERS_MAX = 32
/** What a person can tell apart in one list; also a bound on codes that are valid at one time. */
export const WAITING_MAX = 8
export const ADMISSION_WAIT_MS = 10 * MINUTE_MS
const ADMISSION_WAIT_MINUTES = ADMISSION_WAIT_MS / MINUTE_MS
/** A newcomer has everything ready before it connects. */
const MESSAGE_TIMEOUT_MS = 10 * SECOND_MS
/** How often a waiting newcomer hears that the member lives. */
export const STILL_WAITING_MS = 15 * SECOND_MS
/**
 * Codes given a minute. Somebody in the middle who has seen the newcomer's code needs the same one
 * here: a hundred tries in the ten minutes that it is valid, at a chance of one in a million each.
 */
export const CODES_PER_MINUTE_MAX = 10
/** Tokens looked at a minute: their digests cannot be guessed, so this only bounds the work. */
const TOKENS_PER_MINUTE_MAX = 120

/** All members that a newcomer is told of. */
const ENTRY_ADDRESSES_MAX = 8

export interface DoorDeps {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'crypto' | 'log'>
  /** The ring with its authority's key; `undefined` while this member may not enrol. */
  readonly ring: () => FoundedRing | undefined
  /** Members to join through, this one first. */
  readonly entryAddresses: () => readonly string[]
  /** Writes the newcomer, and its token's use, into the ring's list. */
  readonly enrol: (input: EnrolInput) => Promise<Enrolled>
  /** A person has opened the ring to this host's network for a while. */
  readonly admitsLocally: (host: string) => Promise<boolean>
  readonly tell: TellDoing
}

type Channel = EnrolChannel<typeof FromNewcomer>
type Admission =
  | { readonly kind: 'admitted'; readonly by: 'person' | 'localNetwork' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'gone' }

interface Beat {
  readonly stop: () => void
}

interface WaitingNewcomer {
  readonly waiting: Waiting
  readonly settle: (admission: Admission) => void
}

/** Whom a token or a person lets in. */
interface AdmittedNewcomer {
  readonly newcomer: Newcomer
  readonly memberId: MemberId
  readonly token?: EnrolInput['token']
}

interface Visitor {
  readonly channel: Channel
  readonly host: string
  readonly fingerprint: string
}

export class EnrolmentDoor {
  readonly #deps: DoorDeps
  readonly #open = new Set<Channel>()
  /** By code: no two at one door have the same. */
  readonly #waiting = new Map<string, WaitingNewcomer>()
  readonly #codes: RateLimit
  readonly #tokens: RateLimit
  #closing = false

  constructor(deps: DoorDeps) {
    this.#deps = deps
    const { clock } = deps.effects
    this.#codes = new RateLimit(clock, { countMax: CODES_PER_MINUTE_MAX, windowMs: MINUTE_MS })
    this.#tokens = new RateLimit(clock, { countMax: TOKENS_PER_MINUTE_MAX, windowMs: MINUTE_MS })
  }

  /** For `ListenOptions.stranger`. */
  stranger(connection: StrangerConnection): void {
    const channel = new EnrolChannel(connection, FromNewcomer, this.#deps.effects.clock)
    const visitor: Visitor = {
      channel,
      host: plainHost(connection.remote.host),
      fingerprint: connection.authorityFingerprint,
    }
    void this.#receive(visitor)
  }

  waitingHere(): readonly Waiting[] {
    return [...this.#waiting.values()].map(({ waiting }) => waiting)
  }

  /** `false` when nobody waits here with this code, or no longer. */
  admitHere(code: string): boolean {
    const newcomer = this.#waiting.get(code)
    if (newcomer === undefined) return false
    newcomer.settle({ kind: 'admitted', by: 'person' })
    return true
  }

  close(): void {
    this.#closing = true
    for (const channel of this.#open) channel.destroy()
  }

  /** Never rejects: what a stranger does wrong is told to it and to the log. */
  async #receive(visitor: Visitor): Promise<void> {
    const { channel } = visitor
    this.#open.add(channel)
    try {
      if (this.#closing || this.#open.size > STRANGERS_MAX) throw busy('newcomers')
      await this.#serve(visitor)
    } catch (thrown) {
      this.#refuse(visitor, asAnilloError(thrown))
    } finally {
      this.#open.delete(channel)
      channel.end()
    }
  }

  async #serve(visitor: Visitor): Promise<void> {
    const hello = await visitor.channel.next(MESSAGE_TIMEOUT_MS)
    if (hello.kind === 'reveal') throw badRequest('it begins with a nonce')
    if (hello.version !== ENROL_VERSION) throw versionDiffers(visitor, hello.version)
    const ring = this.#deps.ring()
    if (ring === undefined) throw new AnilloError('ENROL_ELSEWHERE')
    // Before anybody is asked to decide: a request that is worth nothing ends here.
    const memberId = await this.#deps.effects.crypto.readRequest(hello.newcomer.requestPem)
    const { newcomer } = hello
    if (hello.kind === 'token') {
      const token = this.#checkedToken(ring, hello.token)
      await this.#admit(visitor, { newcomer, memberId, token })
    } else {
      await this.#askForAdmission(visitor, newcomer, hello.commitment)
      await this.#admit(visitor, { newcomer, memberId })
    }
  }

  #checkedToken(ring: FoundedRing, text: string): EnrolInput['token'] {
    if (!this.#tokens.tryTake()) throw busy('join tokens')
    const { tokenId, expiresAtMs } = verifyToken(this.#deps.effects, ring, text)
    return { id: tokenId, expiresAtMs }
  }

  async #askForAdmission(visitor: Visitor, newcomer: Newcomer, commitment: string): Promise<void> {
    const { channel } = visitor
    const { effects, tell } = this.#deps
    if (!this.#codes.tryTake() || this.#waiting.size >= WAITING_MAX)
      throw busy('newcomers that wait')
    const memberNonce = Buffer.from(effects.random.bytes(NONCE_BYTES)).toString('hex')
    channel.send({ kind: 'nonce', nonce: memberNonce })
    const reveal = await channel.next(MESSAGE_TIMEOUT_MS)
    if (reveal.kind !== 'reveal') throw badRequest('the nonce is missing')
    const statement = { fingerprint: visitor.fingerprint, newcomer }
    if (!sameDigest(commitmentOf(statement, reveal.nonce), commitment)) {
      throw badRequest('the nonce is not the one that was promised')
    }
    const code = codeOf(effects.crypto, statement, { newcomer: reveal.nonce, member: memberNonce })
    if (this.#waiting.has(code) || this.#waiting.size >= WAITING_MAX)
      throw busy('newcomers that wait')
    tell({ kind: 'waiting', text: `${newcomer.name} at ${visitor.host} asks to be let in` })
    const admission = await this.#decision(visitor, {
      code,
      address: visitor.host,
      name: newcomer.name,
      since: new Date(effects.clock.wallMs()).toISOString(),
    })
    this.#settled(admission, visitor, newcomer)
  }

  #settled(admission: Admission, visitor: Visitor, newcomer: Newcomer): void {
    switch (admission.kind) {
      case 'admitted': {
        const fields = { name: newcomer.name, host: visitor.host, by: admission.by }
        this.#deps.effects.log.info('newcomer admitted', fields)
        return
      }
      case 'refused':
        throw new AnilloError('ADMISSION_REFUSED', { minutes: ADMISSION_WAIT_MINUTES })
      case 'gone':
        throw badRequest('the newcomer left or spoke out of turn')
    }
  }

  /**
   * Ends with a person's decision, an open local network, time, or the newcomer's going; whichever
   * is first.
   */
  async #decision(visitor: Visitor, waiting: Waiting): Promise<Admission> {
    const { clock } = this.#deps.effects
    const { promise, resolve } = Promise.withResolvers<Admission>()
    const untilMs = clock.nowMs() + ADMISSION_WAIT_MS
    this.#waiting.set(waiting.code, { waiting, settle: resolve })
    const timeUp = clock.after(ADMISSION_WAIT_MS, () => resolve({ kind: 'refused' }))
    let beat: Beat | undefined
    void visitor.channel.closed.then(() => resolve({ kind: 'gone' }))
    // Asked first: a newcomer that is let in at once need not show a code to anybody.
    void this.#admittedLocally(visitor.host).then((admits) => {
      if (admits) resolve({ kind: 'admitted', by: 'localNetwork' })
      else if (this.#waiting.has(waiting.code)) beat = this.#keepTelling(visitor.channel, untilMs)
    })
    try {
      return await promise
    } finally {
      this.#waiting.delete(waiting.code)
      timeUp.cancel()
      beat?.stop()
    }
  }

  /** Where those who could say so cannot be asked, a person decides. */
  #admittedLocally(host: string): Promise<boolean> {
    return this.#deps.admitsLocally(host).catch(() => false)
  }

  #keepTelling(channel: Channel, untilMs: number): Beat {
    const { clock } = this.#deps.effects
    const say = (): void => {
      channel.send({ kind: 'waiting', leftMs: Math.max(0, Math.ceil(untilMs - clock.nowMs())) })
      timer = clock.after(STILL_WAITING_MS, say)
    }
    let timer = clock.after(0, say)
    return { stop: () => timer.cancel() }
  }

  /** Enrolled first: whoever has a certificate stands in the ring's list. */
  async #admit(visitor: Visitor, admitted: AdmittedNewcomer): Promise<void> {
    const { newcomer } = admitted
    const address = await this.#enrol(visitor, admitted)
    // As it is now: a rotation that has the newcomer on its list may have begun meanwhile.
    const ring = this.#deps.ring()
    if (ring === undefined) throw new AnilloError('ENROL_ELSEWHERE')
    const issued = await issueTo(this.#deps.effects, ring, newcomer)
    visitor.channel.send({
      kind: 'admitted',
      ringId: ring.ringId,
      authorityPem: ring.authority.certificatePem,
      ...(ring.alsoTrustedPems === undefined ? {} : { alsoTrustedPems: [...ring.alsoTrustedPems] }),
      certificatePem: issued.certificatePem,
      certificateUntilMs: issued.certificateUntilMs,
      warrant: issued.warrant,
      entryAddresses: this.#deps.entryAddresses().slice(0, ENTRY_ADDRESSES_MAX),
      address,
    })
    const fields = { name: newcomer.name, memberId: issued.memberId, host: visitor.host }
    this.#deps.effects.log.info('newcomer enrolled', fields)
  }

  /**
   * The newcomer's address. @throws AnilloError TOKEN_USED, MEMBER_REMOVED, STORE_UNAVAILABLE,
   * VERSION_TOO_OLD, VERSION_TOO_NEW
   */
  async #enrol(visitor: Visitor, { newcomer, memberId, token }: AdmittedNewcomer): Promise<string> {
    const { name, roles, port, host = visitor.host, hostLabel, levels = FIRST_LEVELS } = newcomer
    const address = addressText({ host, port })
    const member = { id: memberId, name, roles, address, host: hostLabel, levels }
    const enrolled = await this.#deps.enrol({
      member,
      ...(token === undefined ? {} : { token }),
    })
    switch (enrolled.outcome) {
      case 'enrolled':
        break
      case 'tokenUsed':
        throw new AnilloError('TOKEN_USED')
      case 'removed':
        throw new AnilloError('MEMBER_REMOVED', { address: 'The ring' })
      default:
        unreachable(enrolled.outcome)
    }
    const { log } = this.#deps.effects
    for (const gone of enrolled.replaced) log.warn('member gone', { member: gone, address })
    return address
  }

  #refuse(visitor: Visitor, error: AnilloError): void {
    const { log } = this.#deps.effects
    log.info('newcomer refused', {
      address: visitor.channel.address,
      code: error.code,
      problem: error.message,
    })
    if (error.code === 'INTERNAL') log.error('enrolment failed', { cause: String(error.cause) })
    const { code, details } = error
    this.#deps.tell({ kind: 'refused', code, details: { ...details }, text: visitor.host })
    const elsewhere = error.code === 'ENROL_ELSEWHERE' ? this.#deps.entryAddresses().slice(1) : []
    visitor.channel.send({
      kind: 'refused',
      code: error.code,
      details: error.details,
      elsewhere: elsewhere.slice(0, ENTRY_ADDRESSES_MAX),
    })
  }
}

function busy(what: string): AnilloError {
  return new AnilloError('BUSY', { what })
}

function badRequest(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}

function versionDiffers(visitor: Visitor, theirs: number): AnilloError {
  const address = addressText({ host: visitor.host, port: 0 })
  return new AnilloError('RPC_VERSION', { address, theirs, ours: ENROL_VERSION })
}
