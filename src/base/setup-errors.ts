/** Rows of the table of errors (`errors.ts`) about setting up rings and members. */
import type { ErrorRow } from './error-row.ts'

export const SETUP_ERRORS = {
  PORT_IN_USE: {
    httpStatus: 500,
    retry: 'never',
    text: 'Port {port} ({door}) is in use. Choose another with {flag}.',
  },
  DATA_IN_USE: {
    httpStatus: 500,
    retry: 'never',
    text: '{path} is in use by {holder}. Stop that one, or choose another directory with --data.',
  },
  DATA_NOT_WRITABLE: {
    httpStatus: 500,
    retry: 'never',
    text: '{path} cannot be written ({problem}). Choose another directory with --data.',
  },
  OUTPUT_NOT_WRITABLE: {
    httpStatus: 500,
    retry: 'never',
    text: '{path} cannot be written ({problem}). Choose another file with -o.',
  },
  OUTPUT_TAKEN: {
    httpStatus: 409,
    retry: 'never',
    text: '{path} is there already, with other content. Choose another name, or overwrite it with --replace.',
  },
  DATA_FOREIGN: {
    httpStatus: 500,
    retry: 'never',
    text: '{path} holds the data of another ring ({theirs}). Choose another directory with --data.',
  },
  DATA_DAMAGED: { httpStatus: 500, retry: 'never', text: '{path} is damaged: {problem}.' },
  BACKUP_MISSED: {
    httpStatus: 503,
    retry: 'later',
    text: 'The backup missed a moment at which all partitions agree ({problem}). Try again.',
  },
  BACKUP_ABSENT: {
    httpStatus: 500,
    retry: 'never',
    text: 'There is no backup at {path}. Name the file or the folder that “npx anillo backup” wrote.',
  },
  BACKUP_DAMAGED: {
    httpStatus: 500,
    retry: 'never',
    text: 'The backup is damaged: {part}, {problem}. Use an earlier one, or another copy.',
  },
  BACKUP_IN_USE: {
    httpStatus: 500,
    retry: 'later',
    text: 'Another backup is being written to {path}. Try again when it is done.',
  },
  BACKUP_LOCKED: {
    httpStatus: 500,
    retry: 'never',
    text: 'This does not open the backup: {problem}. Give the key file that “npx anillo backup” named (--key-file), or the passphrase in ANILLO_BACKUP_PASSPHRASE.',
  },
  VERSION_TOO_OLD: {
    httpStatus: 409,
    retry: 'never',
    text: 'This anillo is too old: {what} is at feature level {level}, and it knows levels up to {known}. Update it (docs/upgrade.md).',
  },
  VERSION_TOO_NEW: {
    httpStatus: 409,
    retry: 'never',
    text: 'This anillo is too new: {what} is at feature level {level}, and it knows levels from {known} on. Update by way of a version between (docs/upgrade.md).',
  },
  DATA_TOO_NEW: {
    httpStatus: 500,
    retry: 'never',
    text: 'A newer anillo wrote {path} (format {format}, while this one knows {known}). Nothing was changed; run the newer one.',
  },
  RECOVERY_NEEDLESS: {
    httpStatus: 500,
    retry: 'never',
    text: 'No group has lost its majority: the members in {path} can go on by themselves. Start them.',
  },
  RECOVERY_UNFINISHED: {
    httpStatus: 500,
    retry: 'never',
    text: 'A recovery of this member’s ring was broken off. Run “npx anillo recover” again: it does the rest.',
  },
  RECOVERY_IMPOSSIBLE: {
    httpStatus: 500,
    retry: 'never',
    text: 'No member in {path} has a copy of {what}. Bring back one of the members that had them, or restore a backup.',
  },
  DATA_NOT_EMPTY: {
    httpStatus: 500,
    retry: 'never',
    text: '{path} holds data already, which a restore would lose. Name another directory with --data.',
  },
  DATA_GIVEN_UP: {
    httpStatus: 500,
    retry: 'never',
    text: 'What this member stored was damaged and is given up: {problem} The others hold it still. Move this directory away, and join the ring anew.',
  },
  DISK_FULL: {
    httpStatus: 507,
    retry: 'later',
    text: 'The disk that holds {path} is full, or nearly so. Free some space there: until then only deletes work.',
  },
  DISK_EXISTS: { httpStatus: 500, retry: 'never', text: '{path} exists already.' },
  PASSPHRASE_NEEDED: {
    httpStatus: 500,
    retry: 'never',
    text: 'The data of this member is locked with a passphrase. Give it in ANILLO_PASSPHRASE.',
  },
  PASSPHRASE_WRONG: {
    httpStatus: 500,
    retry: 'never',
    text: 'The passphrase in ANILLO_PASSPHRASE does not open the data of this member.',
  },
  DATA_ABSENT: {
    httpStatus: 500,
    retry: 'never',
    text: '{path} holds no ring yet. Found one with “npx anillo init” or “npx anillo up”, or join one with “npx anillo join”.',
  },
  DATA_WITHOUT_MEMBERS: {
    httpStatus: 500,
    retry: 'never',
    text: 'No member was started in {path}. Look whether that is the directory, start the ring that it holds, or name a door with --at.',
  },
  RING_ON_ONE_COMPUTER: {
    httpStatus: 409,
    retry: 'never',
    text: 'This ring listens on this computer only. Found one over several machines with “npx anillo init”, in another directory.',
  },
  TOKEN_MALFORMED: {
    httpStatus: 400,
    retry: 'never',
    text: 'That is not a join token. Copy the whole line that “npx anillo token” prints.',
  },
  TOKEN_EXPIRED: {
    httpStatus: 403,
    retry: 'never',
    text: 'The join token expired at {expiredAt}. Ask for a new one with “npx anillo token”.',
  },
  TOKEN_USED: {
    httpStatus: 403,
    retry: 'never',
    text: 'The join token was used already. Ask for a new one with “npx anillo token”.',
  },
  TOKEN_WRONG: { httpStatus: 403, retry: 'never', text: 'The join token is not one of this ring.' },
  ADMISSION_REFUSED: {
    httpStatus: 403,
    retry: 'never',
    text: 'Nobody let this machine in within {minutes} minutes. Try again, or use a token.',
  },
  ADMISSION_UNKNOWN: {
    httpStatus: 404,
    retry: 'never',
    text: 'No machine waits with the code {code}.',
  },
  ADMISSION_AMBIGUOUS: {
    httpStatus: 409,
    retry: 'later',
    text: 'Two machines wait with the code {code}. Start “npx anillo join” anew on both.',
  },
  ENROL_ELSEWHERE: {
    httpStatus: 503,
    retry: 'elsewhere',
    text: 'This member cannot let others in; ask one that stores data.',
  },
  RING_AMBIGUOUS: {
    httpStatus: 409,
    retry: 'never',
    text: 'Several rings answer on this network: {rings}. Choose one with --ring.',
  },
  RING_NOT_FOUND: {
    httpStatus: 503,
    retry: 'later',
    text: 'No ring answered on this network. Is a member running, and is UDP port {port} open?',
  },
  SETTING_INVALID: {
    httpStatus: 400,
    retry: 'never',
    text: 'The setting {name} cannot be “{value}”: {problem}.',
  },
} as const satisfies Record<string, ErrorRow>
