/** Questions about what several members saw of a page. */
import type { TestimonyVerdict, WitnessSaid } from '../../../src/wire/api-testimony.ts'
import { sound } from './answers.ts'
import type { RingClient } from './ring-client.ts'

const VERDICT = { problems: 'array', asked: 'number', agree: 'number', witnesses: 'array' }
const SAID = { member: 'string', group: 'number', asked: 'string', contentSha256: 'string' }

export class TestimoniesClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  async verdict(id: string): Promise<TestimonyVerdict> {
    const path = `/v1/pages/${id}/witness/verdict`
    const verdict = sound<TestimonyVerdict>(await this.#client.json({ path }), VERDICT)
    return { ...verdict, witnesses: verdict.witnesses.map((one) => sound<WitnessSaid>(one, SAID)) }
  }

  /** Of the document itself. */
  path(id: string): string {
    return `/v1/pages/${id}/witness`
  }
}
