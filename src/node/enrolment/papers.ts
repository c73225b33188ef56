/**
 * A member's own papers in memory and on disk: its certificate, which is renewed while it runs, the
 * authorities that it trusts, and the authority's key, which a member that stores data asks for
 * after it has joined. Changes are made one after the other, each on disk before it counts.
 */
import { AnilloError } from '../../base/errors.ts'
import type { Crypto } from '../../effects/crypto.ts'
import type { MemberCredentials } from '../../effects/net.ts'
import type { SealedDisk } from '../at-rest/sealed-file.ts'
import { holdsAuthority, type FoundedRing } from './found.ts'
import {
  readOwnRequest,
  updateMember,
  writeAuthority,
  type MemberFiles,
  type RingAuthority,
} from './ring-files.ts'

export interface Renewed {
  readonly certificatePem: string
  readonly certificateUntilMs: number
  /** That signed it; absent: the one before. */
  readonly authorityPem?: string
  /** Under the authority that signed it; absent: the one before. */
  readonly warrant?: string
}

export class Papers {
  readonly #disk: SealedDisk
  readonly #crypto: Pick<Crypto, 'fingerprint'>
  #files: MemberFiles
  #changed: Promise<void> = Promise.resolve()

  /** `disk` is rooted at the member's own directory. */
  constructor(
    disk: SealedDisk & { readonly crypto: Pick<Crypto, 'fingerprint'> },
    files: MemberFiles,
  ) {
    this.#disk = disk
    this.#crypto = disk.crypto
    this.#files = files
  }

  get files(): MemberFiles {
    return this.#files
  }

  get credentials(): MemberCredentials {
    return this.#files.credentials
  }

  /** With the authority's key; `undefined` while this member may not enrol others. */
  get ring(): FoundedRing | undefined {
    const { ringId, authority } = this.#files
    if (authority === undefined) return undefined
    const others = this.#trusted().filter((pem) => !this.#isSame(pem, authority.certificatePem))
    return { ringId, authority, ...(others.length === 0 ? {} : { alsoTrustedPems: others }) }
  }

  /** It stores data, so it should hold a copy of the key and does not. */
  get lacksAuthority(): boolean {
    const { identity, authority } = this.#files
    return authority === undefined && holdsAuthority(identity.roles)
  }

  /** Another authority than that of its certificate is trusted, or its key is kept. */
  get keepsFormer(): boolean {
    const { authority, credentials } = this.#files
    return credentials.alsoTrustedPems !== undefined || authority?.former !== undefined
  }

  trusts(authorityPem: string): boolean {
    return this.#trusted().some((pem) => this.#isSame(pem, authorityPem))
  }

  /** Its certificate is of this authority. */
  isSignedBy(authorityPem: string): boolean {
    return this.#isSame(this.credentials.authorityPem, authorityPem)
  }

  /** @throws AnilloError DATA_DAMAGED */
  async request(): Promise<string> {
    const request = await readOwnRequest(this.#disk, '')
    if (request !== undefined) return request.requestPem
    throw new AnilloError('DATA_DAMAGED', { path: 'request.pem', problem: 'it is missing' })
  }

  renewed({ certificatePem, certificateUntilMs, ...signed }: Renewed): Promise<void> {
    return this.#change(async (files) => {
      const { credentials, identity } = files
      const { authorityPem = credentials.authorityPem, warrant = identity.warrant } = signed
      const own = { certificatePem, authorityPem, privateKeyPem: credentials.privateKeyPem }
      return this.#update(files, {
        credentials: { ...own, ...this.#beside(authorityPem) },
        identity: { ...identity, certificateUntilMs, warrant },
      })
    })
  }

  /** Certificates of this authority count beside those of the others. */
  trust(authorityPem: string): Promise<void> {
    return this.#change(async (files) => {
      if (this.trusts(authorityPem)) return files
      const { credentials } = files
      const alsoTrustedPems = [...(credentials.alsoTrustedPems ?? []), authorityPem]
      return this.#update(files, { credentials: { ...credentials, alsoTrustedPems } })
    })
  }

  /** The authority's key; one that it held before stays beside it until `trustOnly`. */
  received(received: RingAuthority): Promise<void> {
    const { former: _, ...authority } = received
    return this.#change(async (files) => {
      const { authority: held } = files
      if (held !== undefined && this.#isSame(held.certificatePem, authority.certificatePem)) {
        return files
      }
      const { privateKeyPem = '', certificatePem = '' } = held ?? {}
      const former = held === undefined ? {} : { former: { privateKeyPem, certificatePem } }
      const both = { ...authority, ...former }
      await writeAuthority(this.#disk, both)
      return { ...files, authority: both }
    })
  }

  /** No other authority counts any more, and no key of another one is kept. */
  trustOnly(authorityPem: string): Promise<void> {
    return this.#change(async (files) => {
      const { alsoTrustedPems: _, ...credentials } = files.credentials
      if (!this.#isSame(credentials.authorityPem, authorityPem)) return files
      const updated = await this.#update(files, { credentials })
      if (files.authority?.former === undefined) return updated
      const { former: _former, ...authority } = files.authority
      await writeAuthority(this.#disk, authority)
      return { ...updated, authority }
    })
  }

  #trusted(): readonly string[] {
    const { authorityPem, alsoTrustedPems = [] } = this.credentials
    return [authorityPem, ...alsoTrustedPems]
  }

  #beside(authorityPem: string): Pick<MemberCredentials, 'alsoTrustedPems'> {
    const others = this.#trusted().filter((pem) => !this.#isSame(pem, authorityPem))
    return others.length === 0 ? {} : { alsoTrustedPems: others }
  }

  #isSame(one: string, other: string): boolean {
    return one === other || this.#crypto.fingerprint(one) === this.#crypto.fingerprint(other)
  }

  async #update(
    files: MemberFiles,
    changed: Partial<Pick<MemberFiles, 'credentials' | 'identity'>>,
  ): Promise<MemberFiles> {
    const updated = { ...files, ...changed }
    await updateMember(this.#disk.disk, '', updated)
    return updated
  }

  #change(change: (files: MemberFiles) => Promise<MemberFiles>): Promise<void> {
    const changed = this.#changed.then(async () => {
      this.#files = await change(this.#files)
    })
    this.#changed = changed.catch(() => undefined)
    return changed
  }
}
