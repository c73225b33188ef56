/** Reports through the REST API, and what moderators do with them. */
import {
  ReportCase,
  ReportPage,
  ReportQueue,
  ReportReceipt,
  type NewDecision,
  type NewReport,
} from '../wire/api-reports.ts'
import { queryOf, type PageAsk } from './query.ts'
import { Resource } from './resource.ts'

const REPORTS = '/v1/reports'
const as = 'somebody'

export interface QueueAsk extends PageAsk {
  readonly state?: 'open' | 'closed'
}

export class DweetReports extends Resource {
  /** @throws AnilloError DWEET_GONE, NO_USER, FORBIDDEN, NOTE_UNFIT, SLOW_DOWN */
  report(body: NewReport): Promise<ReportReceipt> {
    return this.ask(ReportReceipt, { method: 'POST', path: REPORTS, body, as })
  }

  /** Open ones, the oldest first; closed ones, the newest first. @throws PERMISSION_MISSING */
  queue(page: QueueAsk = {}): Promise<ReportQueue> {
    return this.ask(ReportQueue, { method: 'GET', path: REPORTS + queryOf(page), as })
  }

  /** @throws AnilloError REPORT_GONE, PERMISSION_MISSING */
  find(id: string): Promise<ReportCase> {
    return this.ask(ReportCase, { method: 'GET', path: pathOf(id), as })
  }

  /** By nick. @throws AnilloError REPORT_GONE, PERMISSION_MISSING */
  reports(id: string, page: PageAsk = {}): Promise<ReportPage> {
    const path = `${pathOf(id)}/reports${queryOf(page)}`
    return this.ask(ReportPage, { method: 'GET', path, as })
  }

  /** @throws AnilloError REPORT_GONE, REPORT_DECIDED, WARNING_UNFIT, NOTE_UNFIT */
  decide(id: string, body: NewDecision): Promise<ReportCase> {
    return this.ask(ReportCase, { method: 'POST', path: `${pathOf(id)}/decisions`, body, as })
  }
}

function pathOf(id: string): string {
  return `${REPORTS}/${encodeURIComponent(id)}`
}
