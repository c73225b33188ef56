/**
 * The layers: folders under `src/`, and those beside it. Imports, type imports too, go only
 * downwards: to a layer of lower rank, or within one's own.
 */

/**
 * How a layer touches the world: not at all (no promise, timer, clock, chance), through the
 * interfaces of `effects`, or by itself.
 */
export type Touch = 'pure' | 'through effects' | 'itself'

/** One row of the table. */
export interface Layer {
  /** Its folder, from the root of the checkout. */
  readonly folder: string
  readonly rank: number
  readonly holds: string
  readonly touch: Touch
  /** Where that is less than all of lower rank. */
  readonly mayImport?: readonly string[]
  /** The only ones that may import it, where that is not everybody above. */
  readonly importedBy?: readonly string[]
  /** Its folders do not import each other. */
  readonly islands?: true
  /** Packages it may import; absent: any. */
  readonly packages?: readonly string[]
  /** `node:` modules it may import although it does not touch the world. */
  readonly nodeModules?: readonly string[]
}

const PURE = { touch: 'pure' } as const
const THROUGH_EFFECTS = { touch: 'through effects' } as const
const ITSELF = { touch: 'itself' } as const

/** From the ground up. */
export const LAYERS: readonly Layer[] = [
  {
    folder: 'src/base',
    rank: 0,
    holds: 'assert, error table, limits, ids, hash, bytes, bounded queue, seeded random',
    ...PURE,
    packages: [],
    nodeModules: ['node:crypto', 'node:zlib'],
  },
  {
    folder: 'src/effects',
    rank: 1,
    holds: 'interfaces: what the core may do to the world; how lists that come in parts are read',
    ...THROUGH_EFFECTS,
    packages: [],
  },
  {
    folder: 'src/wire',
    rank: 2,
    holds: 'messages and records: types, encode, decode, bounds',
    ...PURE,
    packages: ['msgpackr', 'typebox'],
  },
  { folder: 'src/ring', rank: 3, holds: 'Chord as a machine', ...PURE, packages: [] },
  { folder: 'src/consensus', rank: 3, holds: 'Raft as a machine', ...PURE, packages: [] },
  { folder: 'src/kademlia', rank: 3, holds: 'Kademlia as a machine', ...PURE, packages: [] },
  {
    folder: 'src/rpc',
    rank: 3,
    holds: 'requests and streams between members',
    ...THROUGH_EFFECTS,
    packages: ['msgpackr'],
  },
  {
    folder: 'src/overlay',
    rank: 4,
    holds: 'drives the ring over RPC: who owns what, who is there, what happens',
    ...THROUGH_EFFECTS,
    packages: [],
  },
  {
    folder: 'src/store',
    rank: 4,
    holds: 'partitions, records, chunks, placement, repair, locks',
    ...THROUGH_EFFECTS,
    packages: [],
  },
  {
    folder: 'src/services',
    rank: 5,
    holds: 'what people come for, one folder a service',
    ...THROUGH_EFFECTS,
    islands: true,
  },
  {
    folder: 'src/client',
    rank: 5,
    holds: 'typed client of the HTTP API',
    ...THROUGH_EFFECTS,
    mayImport: ['src/base', 'src/effects', 'src/wire'],
  },
  {
    folder: 'src/gateways',
    rank: 6,
    holds: 'protocol in, service calls out, one folder a protocol',
    ...THROUGH_EFFECTS,
    islands: true,
  },
  {
    folder: 'src/platform',
    rank: 6,
    holds: 'the real effects: clock, TLS, files, databases, names',
    ...ITSELF,
    mayImport: ['src/base', 'src/effects', 'src/wire'],
    importedBy: ['src/node', 'src/cli', 'src/console', 'bench', 'test'],
  },
  {
    folder: 'src/node',
    rank: 7,
    holds: 'the composition root: configuration, discovery, supervision, wiring',
    ...ITSELF,
  },
  {
    folder: 'sim',
    rank: 8,
    holds: 'the platform’s twin: virtual clock, network, disk, faults, checkers',
    ...ITSELF,
  },
  { folder: 'bench', rank: 8, holds: 'measurements, one file a question', ...ITSELF },
  { folder: 'src/cli', rank: 9, holds: 'commands, exit codes', ...ITSELF },
  { folder: 'src/console', rank: 9, holds: 'the interactive client', ...ITSELF },
  {
    folder: 'web',
    rank: 9,
    holds: 'the page',
    ...ITSELF,
    mayImport: ['src/base', 'src/wire'],
  },
  {
    folder: 'tools',
    rank: 9,
    holds: 'set-up, gate, tidy, tests',
    ...ITSELF,
    mayImport: ['src/base', 'src/wire'],
  },
  { folder: 'test', rank: 10, holds: 'suites over several layers or worlds', ...ITSELF },
]

/** The layer that a file lies in, `undefined` for one at the root or in no layer. */
export function layerOf(path: string): Layer | undefined {
  return LAYERS.find(({ folder }) => path.startsWith(`${folder}/`))
}

/** The island within its layer: `scrape` for `src/services/scrape/limits.ts`. */
export function islandOf(layer: Layer, path: string): string | undefined {
  const [island, ...rest] = path.slice(layer.folder.length + 1).split('/')
  return rest.length > 0 ? island : undefined
}

/** Test files and what serves them alone: they may use all that they need. */
export function isTestFile(path: string): boolean {
  return /\.(test|interop|test-helper)\.tsx?$/.test(path) || path.startsWith('test/')
}
