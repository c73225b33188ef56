/** The ring machine's doings as people read them. */
import type { Doing } from '../ring/state.ts'
import type { RingEvent } from '../wire/api.ts'
import type { Names } from './names.ts'

/**
 * Members that start together knock at one another before any of them stands on the ring: the try
 * that fails is made again in a moment. In a row of so many something is wrong.
 */
export const JOINS_FAILED_TOLD = 30

/** Leaves out what is no news yet. */
export class JoinTries {
  #failed = 0

  isNews({ kind }: Doing): boolean {
    if (kind === 'joined') this.#failed = 0
    if (kind !== 'joinFailed') return true
    this.#failed++
    return this.#failed % JOINS_FAILED_TOLD === 0
  }
}

/** `undefined` where others tell the same: the one who leaves says so itself. */
export function toldDoing(
  doing: Doing,
  names: Names,
): Omit<RingEvent, 'at' | 'member'> | undefined {
  switch (doing.kind) {
    case 'founded':
      return { kind: 'joined', text: 'founded the ring' }
    case 'resumed':
      return { kind: 'joined', text: 'took its place again; looks for the others' }
    case 'departed':
      return undefined
    case 'left':
      return { kind: 'left' }
    case 'joinFailed':
      return { kind: 'refused', other: names.ref(doing.other), text: 'could not join there' }
    case 'stabilised':
      return { kind: 'stabilised' }
    case 'fingers':
      return { kind: 'fingers', other: names.ref(doing.other), count: doing.bit }
    case 'refused':
      return { kind: 'refused', other: names.ref(doing.other), text: 'is of another ring' }
    case 'died':
    case 'merged':
      return { kind: doing.kind, other: names.ref(doing.other) }
    case 'joined':
    case 'successor':
    case 'predecessor':
      return doing.other === undefined
        ? { kind: doing.kind, text: 'nobody' }
        : { kind: doing.kind, other: names.ref(doing.other) }
  }
}
