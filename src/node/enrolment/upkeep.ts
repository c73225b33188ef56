/**
 * Looks after a member's papers: at its start and daily it renews a certificate that is past half
 * of its life, and asks for the authority's key where it should hold a copy. What fails is tried
 * again.
 */
import { AnilloError } from '../../base/errors.ts'
import { instant } from '../../base/instant.ts'
import { DAY_MS, MINUTE_MS } from '../../base/limits.ts'
import type { Timer } from '../../effects/clock.ts'
import type { Effects } from '../../effects/effects.ts'
import type { RpcClient, Target } from '../../rpc/types.ts'
import { copyAuthority, renewCertificate } from '../../wire/enrolment.ts'
import { CERTIFICATE_VALID_MS, issueTo } from './found.ts'
import type { Papers, Renewed } from './papers.ts'

const CHECK_EVERY_MS = DAY_MS
/** After a failure: three weeks of tries before a certificate ends. */
const RETRY_MS = MINUTE_MS
const RENEW_BEFORE_END_MS = CERTIFICATE_VALID_MS / 2

export interface UpkeepPeers {
  /** A certificate that was out of date is not any more: connections show the old one still. */
  readonly wasOutOfDate: () => void
  readonly client: RpcClient
  /** Members other than this one, any number. */
  readonly others: () => Promise<readonly Target[]>
}

export class Upkeep {
  readonly #effects: Pick<Effects, 'clock' | 'crypto' | 'log'>
  readonly #papers: Papers
  readonly #peers: UpkeepPeers
  #timer: Timer | undefined
  #stopped = false

  constructor(
    effects: Pick<Effects, 'clock' | 'crypto' | 'log'>,
    papers: Papers,
    peers: UpkeepPeers,
  ) {
    this.#effects = effects
    this.#papers = papers
    this.#peers = peers
  }

  start(): void {
    this.#after(0)
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  #after(delayMs: number): void {
    if (this.#stopped) return
    this.#timer = this.#effects.clock.after(delayMs, () => void this.#check())
  }

  /** Never rejects. */
  async #check(): Promise<void> {
    try {
      if (this.#papers.lacksAuthority) await this.fetchAuthority()
      await this.renewWhereDue()
      this.#after(CHECK_EVERY_MS)
    } catch (thrown) {
      this.#effects.log.warn('papers could not be renewed', { problem: String(thrown) })
      this.#after(RETRY_MS)
    }
  }

  #isRenewalDue(): boolean {
    const { certificateUntilMs } = this.#papers.files.identity
    return this.#effects.clock.wallMs() > certificateUntilMs - RENEW_BEFORE_END_MS
  }

  /** @throws AnilloError where no holder answers, or hands over what is not trusted here */
  async fetchAuthority(): Promise<void> {
    const { roles, warrant } = this.#papers.files.identity
    const authority = await this.askAny((client, member) =>
      client.call(member, copyAuthority, { roles: [...roles], warrant }),
    )
    const { log } = this.#effects
    if (!this.#papers.trusts(authority.certificatePem)) {
      throw new AnilloError('RPC_GARBLED', {
        address: 'the member asked',
        problem: 'it handed over another authority',
      })
    }
    await this.#papers.received(authority)
    log.info('authority’s key received', {})
  }

  /** @throws AnilloError where no holder answers */
  async renewWhereDue(): Promise<void> {
    if (this.#isRenewalDue()) await this.renew()
  }

  /** By the authority that issues now. @throws AnilloError where no holder answers */
  async renew(): Promise<void> {
    const requestPem = await this.#papers.request()
    const { ring, files } = this.#papers
    const { certificateUntilMs, roles, warrant } = files.identity
    const isOutOfDate = this.#effects.clock.wallMs() > certificateUntilMs
    const issued =
      ring === undefined
        ? await this.askAny(async (client, member) => {
            const question = { requestPem, roles: [...roles], warrant }
            return this.#trusted(await client.call(member, renewCertificate, question))
          })
        : {
            ...(await issueTo(this.#effects, ring, { requestPem, roles })),
            authorityPem: ring.authority.certificatePem,
          }
    await this.#papers.renewed(issued)
    if (isOutOfDate) this.#peers.wasOutOfDate()
    this.#effects.log.info('certificate renewed', {
      until: instant(issued.certificateUntilMs),
    })
  }

  /** A certificate of an authority that is not trusted here would shut this member out. */
  #trusted<R extends Pick<Renewed, 'authorityPem'>>(renewed: R): R {
    const { authorityPem } = renewed
    if (authorityPem === undefined || this.#papers.trusts(authorityPem)) return renewed
    const problem = 'it renewed the certificate under another authority'
    throw new AnilloError('RPC_GARBLED', { address: 'the member asked', problem })
  }

  /** The first answer of any member; the last failure where none answers. */
  async askAny<A>(ask: (client: RpcClient, member: Target) => Promise<A>): Promise<A> {
    let failure: unknown = new AnilloError('RING_NOT_READY')
    for (const member of await this.#peers.others()) {
      try {
        return await ask(this.#peers.client, member)
      } catch (thrown) {
        failure = thrown
      }
    }
    throw failure
  }
}
