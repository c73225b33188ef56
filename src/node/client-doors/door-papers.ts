/**
 * What a door beyond loopback shows: a certificate of the ring's own authority, asked for anew long
 * before it ends, or one that a person put there and may replace while the member runs. The key of
 * the first kind is made for each certificate and is never written down.
 */
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'

import { AnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import { instant } from '../../base/instant.ts'
import { MINUTE_MS } from '../../base/limits.ts'
import type { Effects } from '../../effects/effects.ts'
import type { DoorPapers } from '../../platform/tls-front.ts'
import {
  DOOR_VALID_MS,
  type DoorCertificate,
  type DoorRequest,
} from '../enrolment/door-certificate.ts'

export interface DoorPapersSource {
  /** `undefined`: what was told last goes on. @throws where there are none to be had */
  next(names: readonly string[]): Promise<DoorPapers | undefined>
}

export interface RingIssuer {
  /** The authority that this member trusts. */
  authorityPem(): string
  certify(request: DoorRequest): Promise<DoorCertificate>
}

type IssuingEffects = Pick<Effects, 'clock' | 'crypto' | 'log'>

interface IssuedCertificate extends DoorCertificate {
  /** The authority that this member trusted then. */
  readonly trusted: string
  /** Monotonic. */
  readonly atMs: number
}

/** While a ring changes its authority members are of two minds. */
const STRAY_MS_MAX = 10 * MINUTE_MS

export class IssuedPapers implements DoorPapersSource {
  readonly #effects: IssuingEffects
  readonly #self: MemberId
  readonly #issuer: RingIssuer
  #names = ''
  #last: IssuedCertificate | undefined

  constructor(effects: IssuingEffects, self: MemberId, issuer: RingIssuer) {
    this.#effects = effects
    this.#self = self
    this.#issuer = issuer
  }

  async next(names: readonly string[]): Promise<DoorPapers | undefined> {
    if (!this.#isDue(names)) return undefined
    const { clock, crypto, log } = this.#effects
    const { privateKeyPem, requestPem } = await crypto.makeRequest(this.#self)
    const issued = await this.#issuer.certify({ requestPem, names })
    this.#names = names.join()
    this.#last = { ...issued, trusted: this.#issuer.authorityPem(), atMs: clock.nowMs() }
    log.info('certificate of the door issued', {
      names: names.join(' '),
      until: instant(issued.certificateUntilMs),
    })
    // The authority's own goes along: who has its fingerprint alone can compare.
    const certificatePem = `${issued.certificatePem.trimEnd()}\n${issued.authorityPem}`
    return { certificatePem, privateKeyPem }
  }

  #isDue(names: readonly string[]): boolean {
    const last = this.#last
    if (last === undefined || names.join() !== this.#names) return true
    const { clock } = this.#effects
    const trusted = this.#issuer.authorityPem()
    if (last.trusted !== trusted) return true
    // Who issued it was ahead of this member, or behind it: one of them follows.
    const isStray = last.authorityPem.trim() !== trusted.trim()
    if (isStray && clock.nowMs() > last.atMs + STRAY_MS_MAX) return true
    return clock.wallMs() > last.certificateUntilMs - DOOR_VALID_MS / 2
  }
}

export class GivenPapers implements DoorPapersSource {
  readonly #log: Effects['log']
  readonly #paths: { readonly certificate: string; readonly key: string }
  #last = ''

  constructor(log: Effects['log'], paths: { readonly certificate: string; readonly key: string }) {
    this.#log = log
    this.#paths = paths
  }

  /** @throws AnilloError SETTING_INVALID */
  async next(names: readonly string[]): Promise<DoorPapers | undefined> {
    const certificatePem = await this.#read('httpCertificate', this.#paths.certificate)
    const privateKeyPem = await this.#read('httpKey', this.#paths.key)
    const both = `${certificatePem}\n${privateKeyPem}`
    if (both === this.#last) return undefined
    const certificate = this.#parsed(certificatePem)
    // Who puts two files in place does so one after the other: looked at again until they fit.
    this.#last = both
    const missing = names.filter((name) => !isFor(certificate, name))
    const { validTo: until } = certificate
    this.#log.info('certificate of the door read', { until })
    if (missing.length > 0) {
      this.#log.warn('the certificate of the door is for other names', { not: missing.join(' ') })
    }
    return { certificatePem, privateKeyPem }
  }

  async #read(name: string, path: string): Promise<string> {
    try {
      return await readFile(path, 'utf8')
    } catch (thrown) {
      const problem = thrown instanceof Error ? thrown.message : String(thrown)
      throw new AnilloError('SETTING_INVALID', { name, value: path, problem })
    }
  }

  #parsed(pem: string): X509Certificate {
    try {
      return new X509Certificate(pem)
    } catch {
      const value = this.#paths.certificate
      const problem = 'it holds no certificate as PEM'
      throw new AnilloError('SETTING_INVALID', { name: 'httpCertificate', value, problem })
    }
  }
}

/** Whether clients that come by this name, or IP address, take it. */
export function isFor(certificate: X509Certificate, name: string): boolean {
  const found = isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)
  return found !== undefined
}
