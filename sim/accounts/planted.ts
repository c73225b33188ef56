/** The bugs that the simulation of accounts is held to (planting.ts). */
import { hunterOf, type PlantedBug } from '../planting.ts'

/** Seeds within which each bug must be found. */
export const PLANTED_SEEDS_MAX = 20

const ACCOUNTS = 'src/services/accounts'

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'two-winners',
    description: 'a nick given to whoever asks last',
    replacements: [
      {
        file: `${ACCOUNTS}/user-procedures.ts`,
        find: "if (work.has(accountKey(nick))) work.refuse('NICK_TAKEN', { nick })",
        replace: '',
      },
    ],
  },
  {
    name: 'winner-told-taken',
    description: 'a registration sent again taken for another one',
    replacements: [
      {
        file: `${ACCOUNTS}/people.ts`,
        find: '{ nick, name, password, ...as }, bound)',
        replace: '{ nick, name, password, ...as }, bound && undefined)',
      },
    ],
  },
  {
    name: 'remembered-session',
    description: 'a session believed to go on because it did a moment ago',
    replacements: [
      {
        file: `${ACCOUNTS}/authentication.ts`,
        find: 'const { nick, seen, sessionId: id } = held\n',
        replace:
          'const { nick, seen, sessionId: id } = held\n' +
          '    if (seen !== undefined) return seen.principal\n',
      },
    ],
  },
  {
    name: 'rights-left-behind',
    description: 'a role that sessions which are open do not hear of',
    replacements: [
      {
        file: `${ACCOUNTS}/user-procedures.ts`,
        find: 'carryOver(work, account)\n    const to = nick',
        replace: 'const to = nick',
      },
    ],
  },
  {
    name: 'theft-forgiven',
    description: 'a refresh token that may be used again at any time',
    replacements: [
      {
        file: `${ACCOUNTS}/session-procedures.ts`,
        find: 'const isRecent = timeMs - (row.rotatedAtMs ?? 0) <= REPEATED_WITHIN_MS',
        replace: 'const isRecent = true',
      },
    ],
  },
]

/** Plants one bug in a copy and runs the seeds there. */
export const huntPlanted = hunterOf('sim/accounts/hunt.ts', PLANTED_SEEDS_MAX)
