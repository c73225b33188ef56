/** Testimonies that the ring keeps, and what is to be thought of them. */
import type { Crypto } from '../../../effects/crypto.ts'
import type { CallOptions } from '../../../store/types.ts'
import type { TestimonyVerdict } from '../../../wire/api-testimony.ts'
import type { Archive } from '../versions/archive.ts'
import { verdictOn } from './verdict.ts'

export interface TestimoniesTools {
  readonly archive: Pick<Archive, 'testimony'>
  readonly crypto: Pick<Crypto, 'certified' | 'verify' | 'fingerprint'>
  /** How people call a member. */
  readonly nameOf: (id: string) => string | undefined
}

export class Testimonies {
  readonly #tools: TestimoniesTools

  constructor(tools: TestimoniesTools) {
    this.#tools = tools
  }

  /**
   * The document, of the version held at an instant, or of the newest; `undefined`: there is none.
   * @throws AnilloError BAD_REQUEST, STORE_UNAVAILABLE
   */
  text(id: string, at: string | undefined, options?: CallOptions): Promise<string | undefined> {
    return this.#tools.archive.testimony(id, at, options)
  }

  /** As `text()`: what is to be thought of it, with the names of members that are known here. */
  async verdict(
    id: string,
    at: string | undefined,
    options?: CallOptions,
  ): Promise<TestimonyVerdict | undefined> {
    const text = await this.text(id, at, options)
    if (text === undefined) return undefined
    const { crypto, nameOf } = this.#tools
    const verdict = verdictOn(text, crypto)
    const witnesses = verdict.witnesses.map((one) => {
      const name = nameOf(one.member)
      return name === undefined ? one : { ...one, name }
    })
    return { ...verdict, witnesses }
  }
}
