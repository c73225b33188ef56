/** The bugs that the simulation of files is held to (planting.ts). */
import { hunterOf, type PlantedBug } from '../planting.ts'

/** Seeds within which each bug must be found. */
export const PLANTED_SEEDS_MAX = 6

const TREE = 'src/services/files/tree'

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'stale-list',
    description: 'entries of a folder as they were when it was listed first',
    replacements: [
      {
        file: `${TREE}/listing.ts`,
        find: 'if (kept?.changes === before.changes) {',
        replace: 'if (kept !== undefined) {',
      },
    ],
  },
  {
    name: 'departed-lost',
    description: 'a folder that stays where it was, beside where it went',
    replacements: [
      {
        file: `${TREE}/tree-store.ts`,
        find: "return state !== 'arrived'",
        replace: "return state !== 'arrived' || leaving.atMs > 0",
      },
      {
        file: `${TREE}/move-procedures.ts`,
        find: 'if (row?.leaving?.move === move) {',
        replace: 'if (row?.leaving?.move === move && !isInTurn) {',
      },
    ],
  },
  {
    name: 'version-told',
    description: 'a file that is told with the content that it had before',
    replacements: [
      {
        file: `${TREE}/file-procedures.ts`,
        find: 'if (body !== undefined) work.put(bodyKey(folder, numbered), body.slice())',
        replace:
          'if (body !== undefined && !work.has(bodyKey(folder, { id: row.id, number: 1 }))) {\n' +
          '      work.put(bodyKey(folder, { id: row.id, number: 1 }), body.slice())\n' +
          '    }\n' +
          '    if (body !== undefined) {\n' +
          '      const first = work.get(bodyKey(folder, { id: row.id, number: 1 }))\n' +
          '      work.put(bodyKey(folder, numbered), first?.value ?? body.slice())\n' +
          '    }',
      },
    ],
  },
  {
    name: 'versions-left-behind',
    description: 'a file that loses its oldest version where it is moved to another folder',
    replacements: [
      {
        file: `${TREE}/mover.ts`,
        find: 'const versions = await this.#tree.versions(folder, id, options)',
        replace: 'const versions = (await this.#tree.versions(folder, id, options)).slice(1)',
      },
    ],
  },
  {
    name: 'usage-kept',
    description: 'what is removed for good counts on',
    replacements: [
      {
        file: `${TREE}/file-work.ts`,
        find: 'charge(work, owner, { bytes: -file.bytes, files: -1 })',
        replace: 'charge(work, owner, { bytes: 0, files: -1 })',
      },
    ],
  },
  {
    name: 'append-counted-twice',
    description: 'an append that goes on with another, of which all bytes count once more',
    replacements: [
      {
        file: `${TREE}/file-procedures.ts`,
        find: 'const more = isOne ? bytes - replaced.file.bytes : bytes',
        replace: 'const more = bytes',
      },
    ],
  },
  {
    name: 'grants-remembered',
    description: 'rights as they were when a member walked there first',
    replacements: [
      {
        file: `${TREE}/walk.ts`,
        find: 'return read !== undefined && isSame(read.etag, etag)',
        replace: 'return read !== undefined && etag !== undefined',
      },
    ],
  },
  {
    name: 'link-stays',
    description: 'a link that is revoked in the list of its maker alone',
    replacements: [
      {
        file: 'src/services/files/links/procedures.ts',
        find: 'work.delete(linkKey(input.id))',
        replace: '',
      },
    ],
  },
  {
    name: 'step-not-asked',
    description: 'a change under a key that is made anew where its member died with the answer',
    replacements: [
      {
        file: 'src/services/files/repeats/repeats.ts',
        find: 'const settled = row?.step === undefined ? undefined',
        replace: 'const settled = row?.step === undefined || row.steps > 0 ? undefined',
      },
    ],
  },
  {
    name: 'refused-by-itself',
    description: 'a change under a key that is refused because another member was faster with it',
    replacements: [
      {
        file: 'src/services/files/repeats/repeats.ts',
        find: 'if (steps.isOvertaken || (await this.#isOfAnother(ask, steps, thrown)))',
        replace: 'if (steps.isOvertaken)',
      },
    ],
  },
  {
    name: 'lock-of-a-file-alone',
    description: 'a lock that is held up by those at the very same path alone',
    replacements: [
      {
        file: 'src/services/files/locks/lock-procedures.ts',
        find: 'const lock = held.find((other) => areAtOdds(row, other))',
        replace:
          'const lock = held.find((other) => areAtOdds(row, other) && other.path === row.path)',
      },
    ],
  },
]

/** Plants one bug in a copy and runs the seeds there. */
export const huntPlanted = hunterOf('sim/files/hunt.ts', PLANTED_SEEDS_MAX)
