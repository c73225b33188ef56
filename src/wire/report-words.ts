/** What is reported, and decided (`api-reports.ts`). Pure; the page has it, too. */

export const REPORT_REASONS = [
  'spam',
  'abuse',
  'sensitive',
  'impersonation',
  'illegal',
  'other',
] as const

/**
 * `warn` puts a content warning on a dweet, or with an empty one takes it off again. `limit`: what
 * they publish is for their followers alone; `suspend`: they publish nothing; both for a time, or
 * until `lift`. `dismiss`: nothing is to be done.
 */
export const DECISIONS = ['dismiss', 'remove', 'warn', 'limit', 'suspend', 'lift'] as const
