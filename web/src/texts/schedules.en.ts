/** Texts about schedules of crawls and about webhooks in English, and their shape. */
import type { ScheduleRun } from '../../../src/wire/api-schedules.ts'
import type { Repeat } from '../model/schedule-form.ts'

interface FieldTexts {
  readonly label: string
  readonly hint: string
}

export interface ScheduleTexts {
  readonly repeat: FieldTexts
  readonly repeats: Readonly<Record<Repeat, string>>
  readonly time: FieldTexts
  readonly timeWrong: string
  readonly weekday: FieldTexts
  /** From Sunday on, as in cron. */
  readonly weekdays: readonly string[]
  readonly cron: FieldTexts
  readonly cronWrong: string
  readonly zone: FieldTexts
  readonly change: {
    readonly open: string
    readonly save: string
    readonly leave: string
    readonly timeHint: string
    readonly zoneWrong: string
    readonly changed: (next: string) => string
  }
  readonly recrawl: FieldTexts
  readonly recrawlAll: string
  readonly recrawlDue: string
  readonly webhook: FieldTexts
  readonly webhookPages: string
  readonly made: (next: string) => string
  readonly secret: string
  readonly secretHint: string
  readonly toCrawl: string
  readonly title: string
  readonly when: string
  readonly next: string
  readonly never: string
  readonly paused: string
  readonly heldBack: string
  readonly last: string
  readonly none: string
  readonly run: Readonly<Record<ScheduleRun['state'], string>>
  readonly orders: {
    readonly pause: string
    readonly resume: string
    readonly run: string
    readonly remove: string
  }
  readonly named: (words: { readonly order: string; readonly seed: string }) => string
  readonly reallyRemove: string
  readonly hook: {
    readonly title: string
    readonly facts: (words: {
      readonly delivered: string
      readonly waiting: string
      readonly givenUp: string
      readonly leftOut: string
    }) => string
    readonly none: string
    readonly states: { readonly ok: string; readonly failing: string; readonly gone: string }
    readonly last: (words: { readonly type: string; readonly how: string }) => string
    readonly nextTry: (at: string) => string
    readonly test: string
    readonly tested: string
  }
}

export const SCHEDULES_EN: ScheduleTexts = {
  repeat: {
    label: 'How often',
    hint: 'A schedule begins a crawl each time, until you pause or delete it.',
  },
  repeats: {
    once: 'once, now',
    hourly: 'each hour',
    daily: 'each day',
    weekly: 'each week',
    own: 'by cron',
  },
  time: { label: 'At', hint: 'In your time zone.' },
  timeWrong: 'Type a time such as 03:00.',
  weekday: { label: 'On', hint: 'The day of the week.' },
  weekdays: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
  cron: {
    label: 'Cron',
    hint: 'Minute, hour, day, month, day of the week: 30 6 * * 1-5 is weekdays at half past six.',
  },
  cronWrong: 'Type five fields, such as 0 3 * * *.',
  zone: { label: 'Time zone', hint: 'Such as Europe/Madrid, or UTC.' },
  change: {
    open: 'Change the time',
    save: 'Save',
    leave: 'Leave it',
    timeHint: 'In the time zone below.',
    zoneWrong: 'Type a time zone such as Europe/Madrid.',
    changed: (next) => `The time is changed. Next: ${next}.`,
  },
  recrawl: { label: 'Pages held already', hint: 'Due by how often they changed before.' },
  recrawlAll: 'asked for again, all of them',
  recrawlDue: 'asked for again when they are due',
  webhook: { label: 'Webhook', hint: 'This address is told of begin and end, signed.' },
  webhookPages: 'Also of pages that changed',
  made: (next) => `The schedule is made. Its first crawl begins ${next}.`,
  secret: 'Secret of the webhook',
  secretHint: 'Keep it, to check what comes: it is not shown again.',
  toCrawl: 'Show the crawl',
  title: 'Schedules',
  when: 'When',
  next: 'Next',
  never: 'never',
  paused: 'paused',
  heldBack: 'not before the account of its author is restored: it is suspended',
  last: 'Last run',
  none: 'none yet',
  run: {
    running: 'running',
    done: 'done',
    cancelled: 'cancelled',
    deleted: 'deleted',
    skipped: 'skipped: the one before went on',
  },
  orders: { pause: 'Pause', resume: 'Resume', run: 'Run now', remove: 'Delete' },
  named: ({ order, seed }) => `${order}: schedule of ${seed}`,
  reallyRemove: 'Delete this schedule? Its crawls stay.',
  hook: {
    title: 'Webhook',
    facts: ({ delivered, givenUp, leftOut, waiting }) =>
      `${delivered} delivered, ${waiting} waiting, ${givenUp} given up, ${leftOut} left out.`,
    none: 'Nothing was sent yet.',
    states: {
      ok: 'Deliveries go through.',
      failing: 'It cannot be delivered; it is tried again.',
      gone: 'The receiver says that it is gone. Nothing more is sent until a test gets through.',
    },
    last: ({ how, type }) => `Last try: ${type}, ${how}.`,
    nextTry: (at) => `Next try ${at}.`,
    test: 'Send a test',
    tested: 'A test is on its way.',
  },
}
