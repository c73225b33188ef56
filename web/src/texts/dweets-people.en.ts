/** The texts of lists of people, reports, moderation and settings in English. */
import type { DecisionKind, ReportReason, StandingKind } from '../../../src/wire/api-reports.ts'

export interface DweetPeopleTexts {
  readonly lists: {
    readonly title: string
    readonly own: string
    readonly none: string
    readonly name: string
    readonly make: string
    readonly people: (count: number) => string
    readonly list: (name: string) => string
    readonly edit: string
    readonly add: string
    readonly nick: string
    readonly drop: (nick: string) => string
    readonly rename: string
    readonly remove: string
    readonly removeAsked: (name: string) => string
    readonly nobody: string
    readonly noDweets: string
    readonly of: (nick: string) => string
    readonly made: (name: string) => string
    readonly removed: (name: string) => string
    readonly added: (nick: string) => string
    readonly dropped: (nick: string) => string
  }
  readonly report: {
    readonly open: string
    readonly title: (nick: string) => string
    readonly hint: string
    readonly reason: string
    readonly note: string
    readonly submit: string
    readonly done: string
    readonly cancel: string
    readonly reasons: Readonly<Record<ReportReason, string>>
  }
  readonly reports: {
    readonly title: string
    readonly open: string
    readonly closed: string
    readonly none: string
    readonly about: (nick: string) => string
    readonly count: (count: number) => string
    readonly reported: string
    readonly now: string
    readonly gone: string
    readonly unseen: string
    readonly inspect: (count: number) => string
    readonly inspectHint: string
    readonly imposed: (warning: string) => string
    readonly said: string
    readonly decisions: string
    readonly decided: (action: string, nick: string) => string
    readonly decide: string
    readonly action: string
    readonly noReason: string
    readonly message: string
    readonly messageHint: string
    readonly warning: string
    readonly time: string
    readonly times: Readonly<Record<'hour' | 'day' | 'week' | 'month' | 'ever', string>>
    readonly submit: string
    readonly done: string
    readonly account: string
    readonly actions: Readonly<Record<DecisionKind, string>>
  }
  readonly moderated: {
    readonly standing: Readonly<Record<StandingKind, string>>
    readonly until: (time: string) => string
    readonly reason: (reason: string) => string
    readonly notice: Readonly<Record<DecisionKind, string>>
    readonly byModerators: string
    readonly removed: string
  }
  readonly settings: {
    readonly about: string
    readonly name: string
    readonly muted: string
    readonly blocked: string
    readonly noneMuted: string
    readonly noneBlocked: string
    readonly undone: (nick: string) => string
    readonly undo: string
    readonly redo: (nick: string) => string
    readonly account: string
  }
}

export const DWEET_PEOPLE_EN: DweetPeopleTexts = {
  lists: {
    title: 'Lists',
    own: 'Your lists of people. Nobody else sees them, and nobody in them is told.',
    none: 'You have no list yet.',
    name: 'Name of the list',
    make: 'Make a list',
    people: (count) => (count === 1 ? '1 person' : `${count} people`),
    list: (name) => `List: ${name}`,
    edit: 'Who is in it, and its name',
    add: 'Add',
    nick: 'Nick of somebody',
    drop: (nick) => `Take @${nick} out`,
    rename: 'Rename',
    remove: 'Delete the list',
    removeAsked: (name) => `Delete the list “${name}”? Nobody in it is told.`,
    nobody: 'Nobody is in it yet.',
    noDweets: 'Those in this list have published nothing that you may see.',
    of: (nick) => `Lists with @${nick}`,
    made: (name) => `“${name}” is made.`,
    removed: (name) => `“${name}” is deleted.`,
    added: (nick) => `@${nick} is in the list.`,
    dropped: (nick) => `@${nick} is not in the list any more.`,
  },
  report: {
    open: 'Report',
    title: (nick) => `Report to the moderators: @${nick}`,
    hint: 'Who is reported is not told, and never by whom.',
    reason: 'Reason',
    note: 'For the moderators',
    submit: 'Send the report',
    done: 'Reported. The moderators look at it.',
    cancel: 'Cancel',
    reasons: {
      spam: 'Spam',
      abuse: 'Abuse or harassment',
      sensitive: 'Sensitive content without a warning',
      impersonation: 'Pretends to be somebody else',
      illegal: 'Against the law',
      other: 'Something else',
    },
  },
  reports: {
    title: 'Moderation',
    open: 'Open',
    closed: 'Decided',
    none: 'There is nothing here.',
    about: (nick) => `About @${nick}`,
    count: (count) => (count === 1 ? '1 report' : `${count} reports`),
    reported: 'When it was reported',
    now: 'Now',
    gone: 'It is gone since.',
    unseen: 'Nobody reported it, so it is not shown.',
    inspect: (count) => (count === 1 ? 'Show its attachment' : `Show its ${count} attachments`),
    inspectHint: 'That you looked stands in the audit log.',
    imposed: (warning) => `Warning of moderators: ${warning}`,
    said: 'Who reported it',
    decisions: 'What was decided',
    decided: (action, nick) => `${action}, by @${nick}`,
    decide: 'Decide',
    action: 'Decision',
    noReason: 'None',
    message: 'Message',
    messageHint: 'Told to whom it concerns, with the reason; never who decided or reported.',
    warning: 'Warning; empty takes it off',
    time: 'For how long',
    times: {
      hour: 'An hour',
      day: 'A day',
      week: 'A week',
      month: 'Thirty days',
      ever: 'Until it is lifted',
    },
    submit: 'Decide so',
    done: 'Decided.',
    account: 'Their account',
    actions: {
      dismiss: 'Dismiss: nothing is to be done',
      remove: 'Remove the dweet',
      warn: 'Put a warning before it',
      limit: 'Limit: for their followers alone',
      suspend: 'Suspend from dweeting',
      lift: 'Lift what limits them',
    },
  },
  moderated: {
    standing: {
      limited: 'A moderator has limited you: what you publish is for your followers alone.',
      suspended: 'A moderator has suspended you from dweeting. You may read as before.',
    },
    until: (time) => `Until ${time}.`,
    reason: (reason) => `Reason: ${reason}.`,
    notice: {
      dismiss: 'Nothing is to be done.',
      remove: 'A moderator removed this dweet of yours.',
      warn: 'A moderator changed the warning before this dweet of yours.',
      limit: 'A moderator has limited you: what you publish is for your followers alone.',
      suspend: 'A moderator has suspended you from dweeting.',
      lift: 'You may dweet as before.',
    },
    byModerators: 'warning of moderators',
    removed: 'This dweet was removed by a moderator.',
  },
  settings: {
    about: 'About you',
    name: 'Your name, password, sessions and keys belong to the account:',
    muted: 'Muted people',
    blocked: 'Blocked people',
    noneMuted: 'You have muted nobody.',
    noneBlocked: 'You have blocked nobody.',
    undone: (nick) => `Not any more: @${nick}.`,
    undo: 'Take it back',
    redo: (nick) => `As before: @${nick}`,
    account: 'Your account',
  },
}
