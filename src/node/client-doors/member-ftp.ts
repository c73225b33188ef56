/** The FTP door of a member: on loopback always, beyond it where the other doors are. */
import { AnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Timer } from '../../effects/clock.ts'
import type { Effects } from '../../effects/effects.ts'
import type { Endpoint } from '../../effects/net.ts'
import { pause } from '../../effects/pause.ts'
import { FtpDoor } from '../../gateways/ftp/door.ts'
import type { FtpDoorOptions } from '../../gateways/ftp/parts.ts'
import { platformClientNet } from '../../platform/client-net.ts'
import type { DoorPapers } from '../../platform/tls-front.ts'
import type { Principal } from '../../services/accounts/types.ts'
import type { FileUser } from '../../services/files/types.ts'
import { IssuedPapers, type RingIssuer } from './door-papers.ts'

/** Clients take either for `localhost`. */
const LOOPBACKS = ['127.0.0.1', '::1'] as const
const LOOPBACK_NAMES = ['localhost', ...LOOPBACKS] as const
/** A certificate that comes to its end is asked for anew long before. */
const LOOK_EVERY_MS = 10 * SECOND_MS
/** A ring that cannot issue a certificate keeps nobody waiting who may go without. */
const FIRST_LOOK_MS_MAX = SECOND_MS

export interface MemberFtpOptions {
  readonly effects: Pick<Effects, 'clock' | 'crypto' | 'log' | 'random'>
  readonly door: Pick<
    FtpDoorOptions,
    'accounts' | 'accountSessions' | 'files' | 'passivePorts' | 'version' | 'where' | 'doors'
  >
  readonly rules: Pick<FtpDoorOptions, 'isImplicit' | 'demandsReuse' | 'hasGuests'>
  readonly publicAddress: string
  readonly issuer: RingIssuer
  readonly self: { readonly memberId: MemberId }
}

export class MemberFtp {
  readonly #options: MemberFtpOptions
  readonly #door: FtpDoor
  readonly #issued: IssuedPapers
  /** For clients of other machines, who are shown a certificate for its names. */
  #shown: DoorPapers | undefined
  #ownPapers: DoorPapers | undefined
  /** Begun with the first client: a certificate takes a member that starts 60 ms. */
  #firstLook: Promise<void> | undefined
  readonly #ended = new AbortController()
  #timer: Timer | undefined

  constructor(options: MemberFtpOptions) {
    this.#options = options
    const { door, effects, issuer, publicAddress, rules, self } = options
    this.#issued = new IssuedPapers(effects, self.memberId, issuer)
    this.#door = new FtpDoor({
      ...effects,
      ...door,
      fileUser,
      net: platformClientNet({ door: 'FTP', flag: '--ftp' }),
      papers: () => this.#papers(),
      ...rules,
      publicAddress: publicAddress === '' ? undefined : publicAddress,
    })
  }

  /** @throws AnilloError PORT_IN_USE */
  async open(port: number): Promise<void> {
    for (const host of LOOPBACKS) {
      try {
        await this.#door.listen({ host, port })
      } catch (thrown) {
        // A machine without IPv6 has no such address to listen on.
        const isAbsent = thrown instanceof AnilloError && thrown.code === 'USAGE' && host === '::1'
        if (!isAbsent) throw thrown
      }
    }
  }

  /** Beyond loopback. */
  get hosts(): readonly string[] {
    return this.#door.hosts.filter((host) => !LOOPBACKS.some((own) => own === host))
  }

  show(papers: DoorPapers): void {
    this.#shown = papers
  }

  listen(endpoint: Endpoint): Promise<Endpoint> {
    return this.#door.listen(endpoint)
  }

  leave(host: string): void {
    void this.#door.leave(host)
  }

  /** Sessions go on until `end`. */
  close(): void {
    for (const host of this.hosts) this.leave(host)
  }

  async end(): Promise<void> {
    this.#ended.abort()
    this.#timer?.cancel()
    await this.#door.close()
  }

  async #papers(): Promise<DoorPapers | undefined> {
    if (this.#shown !== undefined) return this.#shown
    this.#firstLook ??= this.#look()
    if (this.#ownPapers === undefined) {
      const { clock } = this.#options.effects
      await Promise.race([this.#firstLook, pause(clock, FIRST_LOOK_MS_MAX, this.#ended.signal)])
    }
    return this.#ownPapers
  }

  /** Never rejects: until the ring can issue a certificate there is no encryption on loopback. */
  async #look(): Promise<void> {
    const { clock, log } = this.#options.effects
    try {
      this.#ownPapers = (await this.#issued.next(LOOPBACK_NAMES)) ?? this.#ownPapers
    } catch (error) {
      log.debug('no certificate for FTP yet', { error })
    }
    if (this.#ended.signal.aborted) return
    this.#timer = clock.after(LOOK_EVERY_MS, () => void this.#look())
  }
}

/** @throws AnilloError PERMISSION_MISSING */
export function fileUser({ groups, nick, permissions }: Principal): FileUser {
  if (!permissions.has('files.read')) {
    throw new AnilloError('PERMISSION_MISSING', { permission: 'files.read' })
  }
  return {
    nick,
    isManager: permissions.has('files.manage'),
    mayWrite: permissions.has('files.write'),
    groups,
    mayReadPages: permissions.has('pages.read'),
  }
}
