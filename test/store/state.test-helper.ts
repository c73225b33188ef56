/** A member's state on a virtual machine, which can be killed, cut from power and started again. */
import type { Machine } from '../../sim/world/machine.ts'
import { World } from '../../sim/world/world.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { parseMemberId } from '../../src/base/ids.ts'
import type { DatabaseWrite, ScanOptions } from '../../src/effects/database.ts'
import type { Effects } from '../../src/effects/effects.ts'
import { openState } from '../../src/store/state/state.ts'
import type { GroupMark, MemberState, StateReader } from '../../src/store/state/types.ts'
import type { Configuration } from '../../src/wire/raft.ts'

export const WITHIN_MS = 60_000
export const PATH = 'state'
export const KEY = new Uint8Array(32).fill(7)
export const MEMBER = parseMemberId('1'.repeat(32))
export const CONFIGURATION: Configuration = { voters: [MEMBER], learners: [] }

export class StateRig {
  readonly world: World
  readonly machine: Machine
  effects: Effects
  readonly failures: unknown[] = []

  constructor(seed: number) {
    this.world = new World({ seed })
    this.machine = this.world.machine()
    this.effects = this.machine.effects()
  }

  open(key = KEY): Promise<MemberState> {
    const onFailure = (error: unknown): void => void this.failures.push(error)
    return this.done(openState(this.effects, { path: PATH, key, onFailure }))
  }

  /** Ends what runs and opens what is left. */
  crash(how: 'kill' | 'power'): Promise<MemberState> {
    if (how === 'kill') this.machine.kill()
    else {
      this.machine.losePower()
      this.machine.givePower()
    }
    this.effects = this.machine.effects()
    return this.open()
  }

  done<T>(promise: Promise<T>): Promise<T> {
    return this.world.settle(promise, 'the state', WITHIN_MS)
  }
}

export function markAt(index: number, configuration = CONFIGURATION): GroupMark {
  return { applied: { index, term: 1 }, configuration }
}

export function put(key: string, value: string): DatabaseWrite {
  return { kind: 'put', key: utf8(key), value: utf8(value) }
}

export function remove(key: string): DatabaseWrite {
  return { kind: 'delete', key: utf8(key) }
}

/** All of a scan, as `key=value` in its order. */
export function shown(reader: StateReader, options: ScanOptions = {}): string {
  const text = new TextDecoder()
  return reader
    .scan(options)
    .map(({ key, value }) => `${text.decode(key)}=${text.decode(value)}`)
    .join(' ')
}
