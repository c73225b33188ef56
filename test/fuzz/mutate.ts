/** Bytes made from other bytes: flipped, cut, doubled, spliced, with numbers at their edges. */
import { pick, type SeededChance } from '../../src/base/random.ts'

const EDGES = [0, 1, 0x0a, 0x0d, 0x20, 0x22, 0x2e, 0x3b, 0x7f, 0x80, 0xc1, 0xdd, 0xdf, 0xfe, 0xff]
const ROUNDS_MAX = 6
const RUN_MAX = 64
const REPEATED_MAX = 4_096

type Change = (bytes: Buffer, chance: SeededChance) => Buffer

const CHANGES: readonly Change[] = [
  (bytes, chance) => overwrite(bytes, chance, () => chance.below(256)),
  (bytes, chance) => overwrite(bytes, chance, () => pick(chance, EDGES)),
  (bytes, chance) => overwrite(bytes, chance, (old) => old ^ (1 << chance.below(8))),
  (bytes, chance) => {
    const [start, end] = rangeIn(bytes, chance)
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)])
  },
  (bytes, chance) => {
    const [start, end] = rangeIn(bytes, chance)
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)])
  },
  (bytes, chance) => insert(bytes, chance, randomBytes(chance, 1 + chance.below(RUN_MAX))),
  (bytes, chance) => {
    const count = 1 + chance.below(REPEATED_MAX)
    return insert(bytes, chance, Buffer.alloc(count, pick(chance, EDGES)))
  },
  (bytes, chance) => bytes.subarray(0, chance.below(bytes.length + 1)),
  (bytes, chance) => {
    // A length of four bytes, as large or as small as there are.
    const changed = Buffer.from(bytes)
    if (changed.length < 4) return changed
    const value = pick(chance, [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, changed.length])
    changed.writeUInt32BE(value, chance.below(changed.length - 3))
    return changed
  },
]

export function mutated(bytes: Uint8Array, chance: SeededChance): Buffer {
  let changed: Buffer = Buffer.from(bytes)
  const rounds = 1 + chance.below(ROUNDS_MAX)
  for (let round = 0; round < rounds; round++) changed = pick(chance, CHANGES)(changed, chance)
  return changed
}

export function randomBytes(chance: SeededChance, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => chance.below(256)))
}

/** In pieces, as a network may hand them over. */
export function pieces(bytes: Buffer, chance: SeededChance): readonly Buffer[] {
  if (chance.below(2) === 0) return [bytes]
  const cuts = Array.from({ length: 1 + chance.below(8) }, () => chance.below(bytes.length + 1))
  const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end))
}

function overwrite(bytes: Buffer, chance: SeededChance, byte: (old: number) => number): Buffer {
  const changed = Buffer.from(bytes)
  if (changed.length === 0) return changed
  const at = chance.below(changed.length)
  changed[at] = byte(changed[at] ?? 0)
  return changed
}

function insert(bytes: Buffer, chance: SeededChance, more: Buffer): Buffer {
  const at = chance.below(bytes.length + 1)
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)])
}

function rangeIn(bytes: Buffer, chance: SeededChance): readonly [number, number] {
  const start = chance.below(bytes.length + 1)
  const end = Math.min(bytes.length, start + 1 + chance.below(RUN_MAX))
  return [start, end]
}
