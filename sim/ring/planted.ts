/**
 * Bugs planted one at a time: the proof that the simulation can fail. Each is a replacement of a
 * text that occurs exactly once in its file, applied to a temporary copy of src/ and sim/, where
 * the same seeds are run. A planting whose text is gone fails: the table must follow the source.
 */
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { assert } from '../../src/base/assert.ts'
import type { Catch } from './hunt.ts'

export interface PlantedBug {
  readonly name: string
  readonly description: string
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** Seeds within which each bug must be found. */
export const PLANTED_SEEDS_MAX = 200

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'join-without-list',
    description: 'a join that takes the successor but not its list',
    file: 'src/ring/join.ts',
    find: 'adopt(next, head, list.slice(1))',
    replace: 'adopt(next, head, [])',
  },
  {
    name: 'predecessor-not-between',
    description: 'a predecessor adopted though it does not lie between and the old one lives',
    file: 'src/ring/rectify.ts',
    find: "ask(known, { kind: 'ping' }, { kind: 'rectify', asked: old, candidate: notifier })",
    replace: 'takePredecessor(known, notifier)',
  },
  {
    name: 'dead-head-kept',
    description: 'a dead head kept',
    file: 'src/ring/stabilise.ts',
    find: 'const successors = state.successors.slice(1)',
    replace: 'const successors = state.successors',
  },
  {
    name: 'list-not-cut',
    description: 'the list not cut to its length',
    file: 'src/ring/stabilise.ts',
    find: 'return successors.slice(0, state.successorsMax)',
    replace: 'return successors',
  },
  {
    name: 'dead-list-adopted',
    description: "a list adopted from a dead successor's last answer",
    file: 'src/ring/join.ts',
    find: 'return andThen(passHead(state), (next) => {',
    replace:
      'if (heir !== undefined && !isSelf(state, heir))\n' +
      '    return adopt(state, heir, heirs.slice(1))\n' +
      '  return andThen(passHead(state), (next) => {',
  },
  {
    name: 'wrap-wrong-end',
    description: 'the wrap-around interval closed at the wrong end',
    file: 'src/ring/arc.ts',
    find: 'return after < position || position <= upTo',
    replace: 'return after <= position || position < upTo',
  },
  {
    name: 'no-merge-probe',
    description: 'no merge probe after a split',
    file: 'src/ring/ring.ts',
    find: 'return probe(state, event.draw)',
    replace: 'return nothing(state)',
  },
  {
    name: 'founds-when-alone',
    description: 'a member that founds a ring when it finds nobody',
    file: 'src/ring/boot.ts',
    find: "return [{ kind: 'waiting', facts, rounds }, { kind: 'wait' }]",
    replace: "return [{ kind: 'done' }, { kind: 'found' }]",
  },
  {
    name: 'foreign-frame-accepted',
    description: 'a frame of another ring accepted',
    file: 'src/ring/ring.ts',
    find: 'if (ringId !== state.ringId) {',
    replace: 'if (false) {',
  },
  {
    name: 'look-up-ends-at-finger',
    description: 'a look-up that ends at a finger instead of the owner',
    file: 'src/ring/lookup.ts',
    find: 'if (next !== undefined && isCloser) return askCandidate(state, next)',
    replace:
      "if (isCloser && state.request.target === 'owner') return endAt(state, next)\n" +
      '  if (next !== undefined && isCloser) return askCandidate(state, next)',
  },
]

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Plants one bug in a copy and runs the seeds there; the copy is removed again. */
export async function huntPlanted(
  bug: PlantedBug,
  seedsMax: number = PLANTED_SEEDS_MAX,
): Promise<Catch> {
  const copy = await mkdtemp(join(tmpdir(), 'anillo-planted-'))
  try {
    for (const part of ['src', 'sim', 'package.json']) {
      await cp(join(ROOT, part), join(copy, part), { recursive: true })
    }
    await plant(copy, bug)
    return await huntIn(copy, seedsMax)
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

async function plant(copy: string, { file, find, replace, name }: PlantedBug): Promise<void> {
  const path = join(copy, file)
  const source = await readFile(path, 'utf8')
  const occurrences = source.split(find).length - 1
  assert(occurrences === 1, `${name}: its text occurs ${occurrences} times in ${file}, not once`)
  await writeFile(
    path,
    source.replace(find, () => replace),
  )
}

async function huntIn(copy: string, seedsMax: number): Promise<Catch> {
  const args = [join(copy, 'sim/ring/hunt.ts'), '1', String(seedsMax)]
  const child = spawn(process.execPath, args, { cwd: copy, stdio: ['ignore', 'pipe', 'inherit'] })
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.on('error', reject)
  child.on('close', resolve)
  child.stdout.setEncoding('utf8')
  let output = ''
  for await (const piece of child.stdout) output += String(piece)
  const code = await promise
  assert(code === 0, `the hunt ended with ${code}`)
  return readCatch(JSON.parse(output))
}

function readCatch(value: unknown): Catch {
  assert(typeof value === 'object' && value !== null, 'the hunt prints an object')
  if (!('seed' in value) || !('check' in value)) return {}
  return { seed: Number(value.seed), check: String(value.check) }
}

/** A line for each bug: its first seed and the check that found it. */
export function plantedLine({ name, description }: PlantedBug, { seed, check }: Catch): string {
  const found = seed === undefined ? 'NOT FOUND' : `seed ${String(seed).padStart(3)}  ${check}`
  return `${name.padEnd(24)} ${found.padEnd(72)} ${description}`
}
