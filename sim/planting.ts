/**
 * Bugs planted one at a time: the proof that a simulation can fail. Each is a replacement of a text
 * that occurs exactly once in its file, applied to a temporary copy of src/ and sim/, where the
 * same seeds are run. A planting whose text is gone fails: the table must follow the source.
 */
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { assert } from '../src/base/assert.ts'

export interface Replacement {
  readonly file: string
  readonly find: string
  readonly replace: string
}

export interface Planting {
  readonly name: string
  readonly replacements: readonly Replacement[]
}

/** Tries seeds in a copy and prints what it found as one line of JSON. */
export interface Hunt {
  /** Path from the root of the package. */
  readonly script: string
  readonly args: readonly string[]
}

export interface Catch {
  /** `undefined` when no seed of the range failed. */
  readonly seed?: number
  readonly check?: string
}

const ROOT = fileURLToPath(new URL('../', import.meta.url))

/** Plants in a copy and hunts there; the copy is removed again. */
export async function huntWith(planting: Planting, hunt: Hunt): Promise<Catch> {
  const copy = await mkdtemp(join(tmpdir(), 'anillo-planted-'))
  try {
    for (const part of ['src', 'sim', 'package.json']) {
      await cp(join(ROOT, part), join(copy, part), { recursive: true })
    }
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
    for (const replacement of planting.replacements) await plant(copy, planting.name, replacement)
    return await huntIn(copy, hunt)
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
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

async function huntIn(copy: string, { script, args }: Hunt): Promise<Catch> {
  const command = [join(copy, script), ...args]
  const child = spawn(process.execPath, command, {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
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
export function plantedLine(
  { name, description }: { readonly name: string; readonly description: string },
  { seed, check }: Catch,
): string {
  const found = seed === undefined ? 'NOT FOUND' : `seed ${String(seed).padStart(3)}  ${check}`
  return `${name.padEnd(24)} ${found.padEnd(72)} ${description}`
}
