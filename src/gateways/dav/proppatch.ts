/** `PROPPATCH` (RFC 4918, 9.2): all that is asked for, in its order, or nothing. */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { PROPERTIES_BYTES_MAX } from '../../services/files/tree/limits.ts'
import type { Entry, EntryChange } from '../../services/files/types.ts'
import {
  MULTISTATUS_BEGIN,
  MULTISTATUS_END,
  named,
  responseXml,
  saidXml,
  type PropertyStatus,
  type Said,
} from './answers.ts'
import { packDead, readDead, sameName, type DeadProperty } from './dead-properties.ts'
import type { Exchange } from './exchange.ts'
import { PROPERTIES_MAX } from './limits.ts'
import { hrefOfEntry, liveNamed, settable } from './live-properties.ts'
import { xmlIn } from './parts.ts'
import { childNamed, isNamed, type Element } from './xml.ts'

/** Somebody else changed the entry meanwhile: so often it is tried again. */
const TRIES_MAX = 8

interface Instruction {
  readonly kind: 'set' | 'remove'
  readonly property: Element
}

export async function proppatch(exchange: Exchange): Promise<Said> {
  const { ask, parts, path, standing } = exchange
  const { signal, who } = ask
  const instructions = instructionsIn(await xmlIn(ask))
  await parts.files.stat(who, path, { signal })
  await standing.demandLocks([{ path, isOfFolder: false, isDeep: false }])
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    const entry = await parts.files.stat(who, path, { signal })
    const planned = planOf(entry, instructions)
    if (planned.kind === 'refused') return told(entry, planned.statuses)
    try {
      await parts.files.touch(who, path, planned.change, { signal, ifMatch: entry.etag })
      return told(entry, [{ status: 200, properties: namesOf(instructions) }])
    } catch (thrown) {
      if (!isAnilloError(thrown, 'CONDITION_FAILED')) throw thrown
    }
  }
  throw new AnilloError('BUSY', { what: 'changes of this entry' })
}

function told(entry: Entry, statuses: readonly PropertyStatus[]): Said {
  const body = MULTISTATUS_BEGIN + responseXml(hrefOfEntry(entry), statuses) + MULTISTATUS_END
  return saidXml(207, body)
}

/** @throws AnilloError BAD_REQUEST */
function instructionsIn(root: Element | undefined): readonly Instruction[] {
  if (root === undefined || !isNamed(root, 'propertyupdate')) {
    throw bad('a PROPPATCH has an element “propertyupdate” in “DAV:”')
  }
  const found: Instruction[] = []
  for (const child of root.children) {
    const isSet = isNamed(child, 'set')
    if (!isSet && !isNamed(child, 'remove')) continue
    const kind = isSet ? 'set' : 'remove'
    const prop = childNamed(child, 'prop')
    if (prop === undefined) throw bad(`“${kind}” has an element “prop”`)
    for (const property of prop.children) found.push({ kind, property })
  }
  if (found.length === 0) throw bad('a PROPPATCH sets or removes something')
  if (found.length > PROPERTIES_MAX) throw bad(`more than ${PROPERTIES_MAX} properties`)
  return found
}

type Plan =
  | { readonly kind: 'change'; readonly change: EntryChange }
  | { readonly kind: 'refused'; readonly statuses: readonly PropertyStatus[] }

function planOf(entry: Entry, instructions: readonly Instruction[]): Plan {
  let dead: readonly DeadProperty[] = readDead(entry.properties)
  const change: { modifiedMs?: number; createdMs?: number; mode?: number } = {}
  for (const instruction of instructions) {
    const { kind, property } = instruction
    const set = settable(property)
    if (set === undefined && liveNamed(property) === undefined) {
      dead = dead.filter((one) => !sameName(one, property))
      if (kind === 'set') dead = [...dead, property]
      continue
    }
    const outcome =
      kind === 'set' ? set?.(property.text.trim(), { ...entry, ...change }) : undefined
    if (outcome === undefined) {
      // A value that is none, or something that is anillo’s own to say.
      const isValue = set !== undefined && kind === 'set'
      return refusedFor(instructions, { instruction, status: isValue ? 409 : 403 })
    }
    Object.assign(change, outcome)
  }
  const properties = packDead(dead)
  if (dead.length > PROPERTIES_MAX || properties.length > PROPERTIES_BYTES_MAX) {
    const instruction = instructions.findLast(({ kind }) => kind === 'set')
    return refusedFor(instructions, { instruction, status: 507 })
  }
  return { kind: 'change', change: { ...change, properties } }
}

/** One is why, the others are not done for it. */
function refusedFor(
  instructions: readonly Instruction[],
  { instruction, status }: { instruction: Instruction | undefined; status: 403 | 409 | 507 },
): Plan {
  const others = instructions.filter((one) => one !== instruction)
  const why = instruction === undefined ? [] : [instruction]
  const precondition = status === 403 ? { precondition: 'cannot-modify-protected-property' } : {}
  return {
    kind: 'refused',
    statuses: [
      { status, properties: namesOf(why), ...precondition },
      { status: 424, properties: namesOf(others) },
    ],
  }
}

function namesOf(instructions: readonly Instruction[]): readonly string[] {
  return named(instructions.map(({ property }) => property))
}

function bad(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}
