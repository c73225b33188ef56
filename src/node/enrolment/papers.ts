/**
 * A member's own papers in memory and on disk: its certificate, which is renewed while it runs, and
 * the authority's key, which a member that stores data asks for after it has joined.
 */
import { AnilloError } from '../../base/errors.ts'
import type { KeyAndCertificate } from '../../effects/crypto.ts'
import type { MemberCredentials } from '../../effects/net.ts'
import type { SealedDisk } from '../at-rest/sealed-file.ts'
import { holdsAuthority, type FoundedRing } from './found.ts'
import { readOwnRequest, updateMember, writeAuthority, type MemberFiles } from './ring-files.ts'

export class Papers {
  readonly #disk: SealedDisk
  #files: MemberFiles

  /** `disk` is rooted at the member's own directory. */
  constructor(disk: SealedDisk, files: MemberFiles) {
    this.#disk = disk
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
    return authority === undefined ? undefined : { ringId, authority }
  }

  /** It stores data, so it should hold a copy of the key and does not. */
  get lacksAuthority(): boolean {
    const { identity, authority } = this.#files
    return authority === undefined && holdsAuthority(identity.roles)
  }

  /** @throws AnilloError DATA_DAMAGED */
  async request(): Promise<string> {
    const request = await readOwnRequest(this.#disk, '')
    if (request !== undefined) return request.requestPem
    throw new AnilloError('DATA_DAMAGED', { path: 'request.pem', problem: 'it is missing' })
  }

  async renewed(certificate: {
    readonly certificatePem: string
    readonly certificateUntilMs: number
  }): Promise<void> {
    const { certificatePem, certificateUntilMs } = certificate
    const files: MemberFiles = {
      ...this.#files,
      credentials: { ...this.#files.credentials, certificatePem },
      identity: { ...this.#files.identity, certificateUntilMs },
    }
    await updateMember(this.#disk.disk, '', files)
    this.#files = files
  }

  async received(authority: KeyAndCertificate): Promise<void> {
    await writeAuthority(this.#disk, authority)
    this.#files = { ...this.#files, authority }
  }
}
