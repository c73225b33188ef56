/**
 * Bugs planted one at a time: the proof that a simulation can fail. Each is a replacement of a text
 * that occurs exactly once in its file, applied to a temporary copy of src/ and sim/, where the
 * same seeds are run. A planting whose text is gone fails: the table must follow the source.
 */
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { assert } from '../src/base/assert.ts'
import type { ScenarioReport } from './scenario.ts'

export interface Replacement {
  readonly file: string
  readonly find: string
  readonly replace: string
}

export interface Planting {
  readonly name: string
  readonly replacements: readonly Replacement[]
}

/** A program that tries seeds, and prints each and what it found as lines of JSON (hunt.ts). */
export interface Hunt {
  /** Path from the root of the package. */
  readonly script: string
  /** The seeds from 1 on. */
  readonly seedsMax: number
  /** Behind the first and the last seed. */
  readonly args?: readonly string[]
  readonly onTried?: (seed: number) => void
}

export interface Catch {
  /** `undefined` when no seed of the range failed. */
  readonly seed?: number
  readonly check?: string
  /** How long the hunt took. */
  readonly seconds: number
}

/** What one program found. */
export type Found = Omit<Catch, 'seconds'>

interface Seeds {
  readonly first: number
  readonly last: number
}

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const MS_PER_SECOND = 1_000

/** What seeds find where nothing is planted, by program, arguments and seed. */
const unplanted = new Map<string, Promise<Found>>()

/** Spares the hunts of this process a run of a seed of which it knows that it holds. */
export function noteHeld(script: string, seed: number): void {
  unplanted.set(placeOf({ script }, seed), Promise.resolve({}))
}

function placeOf({ args, script }: Pick<Hunt, 'args' | 'script'>, seed: number): string {
  return JSON.stringify([script, args, seed])
}

/**
 * Plants in a copy and hunts there; the copy is removed again. A seed that fails without the bug as
 * well counts for nothing: the hunt goes on behind it.
 */
export async function huntWith(planting: Planting, hunt: Hunt): Promise<Catch> {
  const copy = await mkdtemp(join(tmpdir(), 'anillo-planted-'))
  const startedMs = performance.now()
  try {
    for (const part of ['src', 'sim', 'package.json']) {
      await cp(join(ROOT, part), join(copy, part), { recursive: true })
    }
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
    for (const replacement of planting.replacements) await plant(copy, planting.name, replacement)
    const found = await firstOf(copy, hunt)
    return { ...found, seconds: (performance.now() - startedMs) / MS_PER_SECOND }
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

async function firstOf(copy: string, hunt: Hunt): Promise<Found> {
  const last = hunt.seedsMax
  for (let first = 1; first <= last;) {
    const found = await huntIn(copy, hunt, { first, last })
    if (found.seed === undefined) return found
    const clean = await huntUnplanted(hunt, found.seed)
    if (clean.seed === undefined) return found
    first = found.seed + 1
  }
  return {}
}

function huntUnplanted(hunt: Hunt, seed: number): Promise<Found> {
  const place = placeOf(hunt, seed)
  const known =
    unplanted.get(place) ??
    huntIn(ROOT, { ...hunt, onTried: () => {} }, { first: seed, last: seed })
  unplanted.set(place, known)
  return known
}

async function plant(copy: string, name: string, replacement: Replacement): Promise<void> {
  await writeFile(join(copy, replacement.file), await planted(copy, name, replacement))
}

/** The source with the bug in it. @throws AssertionError where its text does not occur once */
async function planted(
  root: string,
  name: string,
  { file, find, replace }: Replacement,
): Promise<string> {
  const source = await readFile(join(root, file), 'utf8')
  const occurrences = source.split(find).length - 1
  assert(occurrences === 1, `${name}: its text occurs ${occurrences} times in ${file}, not once`)
  return source.replace(find, () => replace)
}

/** That the texts of the bug stand in the source. */
export async function checkPlanting({ name, replacements }: Planting): Promise<void> {
  for (const replacement of replacements) await planted(ROOT, name, replacement)
}

async function huntIn(root: string, hunt: Hunt, { first, last }: Seeds): Promise<Found> {
  const { script, args = [], onTried } = hunt
  const command = [join(root, script), String(first), String(last), ...args]
  const child = spawn(process.execPath, command, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.on('error', reject)
  child.on('close', resolve)
  let found: Found | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    const told: unknown = JSON.parse(line)
    if (typeof told === 'number') onTried?.(told)
    else found = readFound(told)
  }
  const code = await promise
  assert(code === 0 && found !== undefined, `the hunt ended with ${code}`)
  return found
}

function readFound(value: unknown): Found {
  assert(typeof value === 'object' && value !== null, 'the hunt prints an object')
  if (!('seed' in value) || !('check' in value)) return {}
  return { seed: Number(value.seed), check: String(value.check) }
}

/** A line for each bug: its first seed and the check that found it. */
export function plantedLine({ name, description }: Told, { seed, check, seconds }: Catch): string {
  const found = seed === undefined ? 'NOT FOUND' : `seed ${String(seed).padStart(3)}  ${check}`
  const took = `${seconds.toFixed(0)} s`
  return `${name.padEnd(24)} ${took.padStart(6)}  ${found.padEnd(72)} ${description}`
}

export interface PlantedBug extends Planting {
  readonly description: string
}

type Told = Pick<PlantedBug, 'name' | 'description'>

/** How a simulation hunts its bugs. @param script runs the seeds where a bug is planted */
export function hunterOf(
  script: string,
  seedsMaxOfAll: number,
): (bug: PlantedBug, seedsMax?: number) => Promise<Catch> {
  return (bug, seedsMax = seedsMaxOfAll) => huntWith(bug, { script, seedsMax })
}

/**
 * Hunts the bug of that name, or `all`.
 * @throws AssertionError where one was not found, once all were hunted
 */
export async function reportPlanted<B extends Told>(
  wanted: string,
  bugs: readonly B[],
  hunt: (bug: B) => Promise<Catch>,
): Promise<ScenarioReport> {
  const chosen = bugs.filter(({ name }) => wanted === 'all' || name === wanted)
  const names = bugs.map(({ name }) => name).join(' ')
  assert(chosen.length > 0, `no bug is named “${wanted}”: ${names}`)
  const lines: string[] = []
  let missed = 0
  for (const bug of chosen) {
    const caught = await hunt(bug)
    if (caught.seed === undefined) missed++
    lines.push(plantedLine(bug, caught))
  }
  assert(missed === 0, `${missed} planted bugs were not found:\n${lines.join('\n')}`)
  return { traceHash: 'none', counts: new Map([['planted bugs found', chosen.length]]), lines }
}
