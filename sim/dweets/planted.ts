/** The bugs that the simulation of dweets is held to (planting.ts). */
import { hunterOf, type PlantedBug } from '../planting.ts'

/** Seeds within which each bug must be found. */
export const PLANTED_SEEDS_MAX = 6

const DWEETS = 'src/services/dweets'

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'published-again',
    description: 'a dweet whose answer was lost, published once more when it is asked for again',
    replacements: [
      {
        file: `${DWEETS}/publishing.ts`,
        find: 'publishDweet, input, options)',
        replace: 'publishDweet, input, { ...options, retry: undefined })',
      },
    ],
  },
  {
    name: 'changes-unread',
    description: 'a member that goes on with what it read of an author at first',
    replacements: [
      {
        file: 'src/store/kept-ranges.ts',
        find: ': before.changed(answer, read)',
        replace: ': before',
      },
    ],
  },
  {
    name: 'bounds-go-back',
    description: 'what was seen counts as unseen again, where an older answer is acknowledged late',
    replacements: [
      {
        file: `${DWEETS}/timelines/bounds.ts`,
        find: 'more.high > before.high ? more.high : before.high',
        replace: 'more.high',
      },
    ],
  },
  {
    name: 'unlike-untold',
    description: 'a like that is taken back, and counted on',
    replacements: [
      {
        file: `${DWEETS}/reaction-procedures.ts`,
        find: "sendReaction(work, id, { kind: 'like', by: nick, isThere: isLiked, ...quiet })",
        replace:
          "if (isLiked) sendReaction(work, id, { kind: 'like', by: nick, isThere: true, ...quiet })",
      },
    ],
  },
  {
    name: 'edited-unlisted',
    description: 'an edited dweet that loses its place among all dweets',
    replacements: [
      {
        file: `${DWEETS}/publish-procedures.ts`,
        find: 'relist(work, { place, before, now: dweet })',
        replace: 'relist(work, { place, before, now: undefined })',
      },
    ],
  },
  {
    name: 'told-again',
    description: 'whoever is named in a dweet is told once more when it is edited',
    replacements: [
      {
        file: `${DWEETS}/publish-procedures.ts`,
        find: 'tellMentioned(work, { place, before: before.mentions, dweet })',
        replace: 'tellMentioned(work, { place, before: [], dweet })',
      },
    ],
  },
  {
    name: 'unfollow-untold',
    description: 'who is left still counts whoever left as a follower',
    replacements: [
      {
        file: `${DWEETS}/follow-procedures.ts`,
        find: 'tellFollowed(work, { nick: whom, by: nick, isThere: false })',
        replace: '',
      },
    ],
  },
]

/** Plants one bug in a copy and runs the seeds there. */
export const huntPlanted = hunterOf('sim/dweets/hunt.ts', PLANTED_SEEDS_MAX)
