/** Reports as the page makes them, and as moderators see and decide them. */
import type { NewDecision, NewReport, Report, ReportCase } from '../../../src/wire/api-reports.ts'
import { listOf, sound } from './answers.ts'
import type { Question, RingClient } from './ring-client.ts'

const CASE = { id: 'string', state: 'string', about: 'object', decisions: 'array' }
const REPORT = { by: 'object', at: 'string', reason: 'string' }
const REPORTS = '/v1/reports'
const PATIENCE_SECONDS = 10

interface Part<T> {
  readonly items: readonly T[]
  readonly cursor?: string
}

export class DweetReportsClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  /** @throws RingTrouble SLOW_DOWN, DWEET_GONE, NOTE_UNFIT */
  async report(body: NewReport): Promise<void> {
    await this.#ask({ path: REPORTS, method: 'POST', body })
  }

  async queue(state: 'open' | 'closed', cursor?: string): Promise<Part<ReportCase>> {
    const more = cursor === undefined ? {} : { cursor }
    const query = new URLSearchParams({ state, ...more }).toString()
    return listOf<ReportCase>(await this.#ask({ path: `${REPORTS}?${query}` }), CASE)
  }

  async said(id: string): Promise<Part<Report>> {
    const path = `${REPORTS}/${encodeURIComponent(id)}/reports?limit=40`
    return listOf<Report>(await this.#ask({ path }), REPORT)
  }

  /** @throws RingTrouble REPORT_DECIDED, REPORT_GONE, WARNING_UNFIT */
  async decide(id: string, body: NewDecision): Promise<ReportCase> {
    const path = `${REPORTS}/${encodeURIComponent(id)}/decisions`
    return sound<ReportCase>(await this.#ask({ path, method: 'POST', body }), CASE)
  }

  #ask(question: Question): Promise<unknown> {
    return this.#client.json({ ...question, patienceSeconds: PATIENCE_SECONDS })
  }
}
