/** What people take along and bring, as the page asks for it; see `src/wire/api-own-data.ts`. */
import type {
  ImportAnswer,
  ImportStep,
  Retention,
  RetentionAnswer,
} from '../../../src/wire/api-own-data.ts'
import { sound } from './answers.ts'
import type { RingClient } from './ring-client.ts'

/** Forty dweets, each looked at and written on a majority. */
const PATIENCE_SECONDS = 25

const RETENTION = '/v1/dweets/retention'

/** Of the ZIP; whoever asks has it made at once. */
export const EXPORT_PATH = '/v1/dweets/export'

export class OwnDataClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  /** The same again changes nothing. */
  async import(body: ImportStep): Promise<ImportAnswer> {
    const asked = { path: '/v1/dweets/import', method: 'POST', body } as const
    const answer = await this.#client.json({ ...asked, patienceSeconds: PATIENCE_SECONDS })
    return sound<ImportAnswer>(answer, { items: 'array' })
  }

  /** `null`: everything stays. */
  async retention(): Promise<Retention | null> {
    const answer = await this.#client.json({ path: RETENTION })
    return (answer as RetentionAnswer).retention
  }

  async retain(body: Retention | null): Promise<void> {
    if (body === null) await this.#client.json({ path: RETENTION, method: 'DELETE' })
    else await this.#client.json({ path: RETENTION, method: 'PUT', body })
  }

  async clear(nick: string): Promise<void> {
    const path = `/v1/users/${encodeURIComponent(nick)}/dweets`
    await this.#client.json({ path, method: 'DELETE' })
  }
}
