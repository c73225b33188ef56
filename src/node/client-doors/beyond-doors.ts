/**
 * The doors of one member beyond loopback: which addresses they listen on, by which names clients
 * come, and what they show. Addresses of a machine and files of a person change while it runs, so
 * all three are looked at again and again.
 */
import { isIP } from 'node:net'

import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Timer } from '../../effects/clock.ts'
import type { Effects } from '../../effects/effects.ts'
import type { LocalNetworks } from '../../effects/local-networks.ts'
import { urlHost, type Beyond } from '../../gateways/rest/beyond.ts'
import type { DoorPapers, TlsFront } from '../../platform/tls-front.ts'
import { isLoopback } from '../enrolment/endpoint.ts'
import type { MemberPorts } from '../ports.ts'
import { GivenPapers, IssuedPapers, type DoorPapersSource, type RingIssuer } from './door-papers.ts'
import { isWildcard, type DoorPlan } from './door-plan.ts'

/** A replaced certificate is shown, and another address listened on, within this time. */
const LOOK_EVERY_MS = 10 * SECOND_MS
/** Until the doors stand. */
const FIRST_LOOKS_EVERY_MS = SECOND_MS / 2

interface Origins {
  readonly url: string
  readonly replayUrl: string
  readonly shareUrl: string
  readonly ftp: string
}

export interface PlacedFront {
  readonly front: Pick<TlsFront, 'close' | 'hosts' | 'leave' | 'listen' | 'show'>
  readonly port: number
}

export interface BeyondDoorsOptions {
  readonly effects: Pick<Effects, 'clock' | 'crypto' | 'dns' | 'log'>
  readonly localNetworks: Pick<LocalNetworks, 'ownAddresses'>
  readonly plan: DoorPlan
  readonly self: { readonly memberId: MemberId }
}

export class BeyondDoors implements Beyond {
  readonly #options: BeyondDoorsOptions
  readonly #opened = Promise.withResolvers<void>()
  #fronts: readonly PlacedFront[] = []
  #papers: DoorPapersSource = { next: async () => undefined }
  #names: readonly string[]
  #timer: Timer | undefined
  #isOpen = false
  #isClosed = false

  constructor(options: BeyondDoorsOptions) {
    this.#options = options
    const { host, names } = options.plan
    this.#names = names.length > 0 || isWildcard(host) ? names : [host.toLowerCase()]
    // Who asks for it hears of it; a member may be stopped before anybody asks.
    this.#opened.promise.catch(() => undefined)
  }

  readonly names = (): readonly string[] => this.#names

  /** For those who are to come; `undefined` on a machine without a network. */
  origins(
    ports: Pick<MemberPorts, 'ftp' | 'http' | 'replay' | 'share'>,
    ftpScheme: 'ftp' | 'ftps',
  ): Origins | undefined {
    const [name] = this.#names
    if (name === undefined) return undefined
    const at = (port: number): string => `https://${urlHost(name)}:${port}`
    const ftp = `${ftpScheme}://${urlHost(name)}:${ports.ftp}`
    const shareUrl = `http://${urlHost(name)}:${ports.share}`
    return { url: at(ports.http), replayUrl: at(ports.replay), shareUrl, ftp }
  }

  /**
   * Once they stand. Rejects for what only a person can mend; while the ring cannot issue a
   * certificate it waits.
   * @throws AnilloError PORT_IN_USE, USAGE, SETTING_INVALID
   */
  open(fronts: readonly PlacedFront[], issuer: RingIssuer): Promise<void> {
    const { effects, plan, self } = this.#options
    const { given } = plan
    this.#fronts = fronts
    this.#papers =
      given === undefined
        ? new IssuedPapers(effects, self.memberId, issuer)
        : new GivenPapers(effects.log, given)
    void this.#look()
    return this.#opened.promise
  }

  /** Connections that are open are their HTTP server's to end. */
  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    for (const { front } of this.#fronts) front.close()
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    try {
      await this.#update()
      this.#isOpen = true
      this.#opened.resolve()
    } catch (thrown) {
      this.#failed(thrown)
    }
    if (this.#isClosed) return
    const delayMs = this.#isOpen ? LOOK_EVERY_MS : FIRST_LOOKS_EVERY_MS
    this.#timer = this.#options.effects.clock.after(delayMs, () => void this.#look())
  }

  #failed(thrown: unknown): void {
    this.#options.effects.log.warn('the door for clients is not as it should be', {
      problem: thrown instanceof Error ? thrown.message : String(thrown),
    })
    if (!this.#isOpen && isAnilloError(thrown) && LASTING.has(thrown.code)) {
      this.#opened.reject(thrown)
    }
  }

  async #update(): Promise<void> {
    const { plan } = this.#options
    const hosts = await this.#addresses()
    if (plan.names.length === 0 && isWildcard(plan.host) && hosts.join() !== this.#names.join()) {
      this.#names = hosts
    }
    // A machine without a network has nobody to open to.
    if (this.#names.length === 0) return
    const shown = await this.#papers.next(this.#names)
    if (this.#isClosed) return
    if (shown !== undefined) this.#show(shown)
    for (const place of this.#fronts) await this.#place(place, hosts)
  }

  #show(papers: DoorPapers): void {
    try {
      for (const { front } of this.#fronts) front.show(papers)
    } catch (thrown) {
      throw unfit(this.#options.plan, thrown)
    }
  }

  async #place({ front, port }: PlacedFront, hosts: readonly string[]): Promise<void> {
    for (const host of front.hosts) if (!hosts.includes(host)) front.leave(host)
    for (const host of hosts) {
      if (front.hosts.includes(host) || this.#isClosed) continue
      try {
        await front.listen({ host, port })
      } catch (thrown) {
        throw cannotListen(thrown, host, port)
      }
    }
  }

  async #addresses(): Promise<readonly string[]> {
    const { effects, localNetworks, plan } = this.#options
    const { host } = plan
    if (isIP(host) !== 0 && !isWildcard(host)) return [host]
    const own = localNetworks.ownAddresses()
    if (isWildcard(host)) return host === '::' ? own : own.filter((one) => isIP(one) === 4)
    const found = (await effects.dns.resolve(host)).map(({ address }) => address)
    const here = found.filter((address) => !isLoopback(address) && own.includes(address))
    if (here.length > 0) return here
    const problem = `--http-host ${host} is no address that this machine has on a network`
    throw new AnilloError('USAGE', { problem })
  }
}

const LASTING: ReadonlySet<string> = new Set([
  'HOST_UNKNOWN',
  'PORT_IN_USE',
  'SETTING_INVALID',
  'USAGE',
])

function unfit({ given }: DoorPlan, cause: unknown): AnilloError {
  const problem = cause instanceof Error ? cause.message : String(cause)
  const value = given?.key ?? ''
  return new AnilloError('SETTING_INVALID', { name: 'httpKey', value, problem }, { cause })
}

function cannotListen(thrown: unknown, host: string, port: number): AnilloError {
  if (isAnilloError(thrown)) return thrown
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown)
  if (code === 'EADDRINUSE') {
    return new AnilloError(
      'PORT_IN_USE',
      { port, door: 'for clients of other machines', flag: '--http' },
      { cause: thrown },
    )
  }
  const problem = `the doors cannot listen on ${host}:${port} (${code})`
  return new AnilloError('USAGE', { problem }, { cause: thrown })
}
