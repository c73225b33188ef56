/** Rows of the table of errors (`errors.ts`) about dweets. */
import type { ErrorRow } from './error-row.ts'

export const DWEET_ERRORS = {
  DWEET_EMPTY: { httpStatus: 422, retry: 'never', text: 'A dweet cannot be empty.' },
  DWEET_TOO_LONG: {
    httpStatus: 422,
    retry: 'never',
    text: 'A dweet has at most {limit} characters; this one has {length}.',
  },
  DWEET_UNFIT: {
    httpStatus: 422,
    retry: 'never',
    text: 'A dweet cannot hold {character}: control characters, and those that turn the direction of text, are left out.',
  },
  WARNING_UNFIT: {
    httpStatus: 422,
    retry: 'never',
    text: 'A content warning is one line of at most {max} characters, none of them a control character.',
  },
  DWEET_GONE: {
    httpStatus: 404,
    retry: 'never',
    text: 'That dweet does not exist or was deleted.',
  },
  DWEET_SELF_FOLLOW: { httpStatus: 422, retry: 'never', text: 'You cannot follow yourself.' },
  FOLLOWS_FULL: {
    httpStatus: 409,
    retry: 'never',
    text: 'You follow {max} people already. Unfollow somebody first.',
  },
  MUTES_FULL: {
    httpStatus: 409,
    retry: 'never',
    text: 'You have muted {max} people already. Unmute somebody first.',
  },
  BLOCKS_FULL: {
    httpStatus: 409,
    retry: 'never',
    text: 'You have blocked {max} people already. Unblock somebody first.',
  },
  DWEET_REMOVED: {
    httpStatus: 404,
    retry: 'never',
    text: 'That dweet was removed by a moderator.',
  },
  DWEETS_SUSPENDED: {
    httpStatus: 403,
    retry: 'never',
    text: 'A moderator has suspended you from dweeting, until {until}.',
  },
  REPORT_GONE: {
    httpStatus: 404,
    retry: 'never',
    text: 'There is no such report: only what somebody reported is looked at and decided.',
  },
  REPORT_DECIDED: {
    httpStatus: 409,
    retry: 'never',
    text: 'Another moderator decided this meanwhile. Look at it again.',
  },
  NOTE_UNFIT: {
    httpStatus: 422,
    retry: 'never',
    text: 'What is said of a report has at most {max} characters, none of them a control character.',
  },
  LIST_GONE: { httpStatus: 404, retry: 'never', text: 'You have no such list.' },
  LIST_TAKEN: {
    httpStatus: 409,
    retry: 'never',
    text: 'You have a list “{name}” already. Choose another name.',
  },
  LIST_NAME_UNFIT: {
    httpStatus: 422,
    retry: 'never',
    text: 'The name of a list is one line of 1 to {max} characters, none of them a control character.',
  },
  LISTS_FULL: {
    httpStatus: 409,
    retry: 'never',
    text: 'You have {max} lists already. Delete one first.',
  },
  LIST_FULL: {
    httpStatus: 409,
    retry: 'never',
    text: 'There are {max} people in this list already. Take somebody out first.',
  },
  EDITS_FULL: {
    httpStatus: 409,
    retry: 'never',
    text: 'A dweet can be changed {max} times. Delete it, and write it anew.',
  },
  ATTACHMENT_GONE: {
    httpStatus: 404,
    retry: 'never',
    text: 'There is no such attachment. One that no dweet uses goes after {hours} hours: attach it again.',
  },
  ATTACHMENT_LARGE: {
    httpStatus: 413,
    retry: 'never',
    text: '“{name}” is too large to be attached: at most {limit}.',
  },
  ATTACHMENT_UNFIT: {
    httpStatus: 422,
    retry: 'never',
    text: '“{name}” is no whole picture: what cannot be read cannot be freed of where it was taken.',
  },
  ATTACHMENTS_TOO_MANY: {
    httpStatus: 422,
    retry: 'never',
    text: 'A dweet has at most {max} attachments.',
  },
  ATTACHMENTS_FULL: {
    httpStatus: 409,
    retry: 'never',
    text: 'You have {max} attachments that no dweet uses yet. Publish or remove some first.',
  },
  DESCRIPTION_UNFIT: {
    httpStatus: 422,
    retry: 'never',
    text: 'A description has at most {max} characters, none of them a control character.',
  },
  BIO_UNFIT: {
    httpStatus: 422,
    retry: 'never',
    text: 'What you say about yourself has at most {max} characters, none of them a control character.',
  },
} as const satisfies Record<string, ErrorRow>
