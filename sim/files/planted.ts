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
]

/** Plants one bug in a copy and runs the seeds there. */
export const huntPlanted = hunterOf('sim/files/hunt.ts', PLANTED_SEEDS_MAX)
