/** People who ask the members of a ring while some of these die, hang and are cut off. */
import { MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import { FaultDirector } from '../world/director.ts'
import type { World } from '../world/world.ts'
import type { CrawlingRing } from './ring.ts'

const LIFE_MS = 50 * SECOND_MS
const ENDED_WITHIN_MS = 5 * MINUTE_MS
const FAULTS = { intervalMsMean: 4 * SECOND_MS, durationMsMax: 8 * SECOND_MS, downMax: 2 }
const WEIGHTS = { kill: 2, powerLoss: 1, pause: 1, partition: 1 }

export interface Living {
  live(untilMs: number): Promise<void>
  /** All is quiet, and every member is there. */
  checkAll(): Promise<void>
}

export interface CrowdParts {
  readonly world: World
  readonly ring: CrawlingRing
  readonly all: readonly Living[]
  /** What was begun has ended so long after all is healed. */
  readonly quietMs: number
}

/** They live under faults, all is healed, and each looks at everything once more. */
export async function liveThroughFaults(parts: CrowdParts): Promise<void> {
  const { all, quietMs, ring, world } = parts
  const weights = WEIGHTS
  const director = new FaultDirector({ world, machines: ring.machines, ...FAULTS, weights })
  director.start()
  const endMs = world.nowMs + LIFE_MS
  const living = Promise.all(all.map((one) => one.live(endMs)))
  await world.until(() => world.nowMs >= endMs, 'time passes', LIFE_MS + SECOND_MS)
  director.heal()
  await world.settle(living, 'people end', ENDED_WITHIN_MS)
  await ring.becomeIdeal()
  await world.pass(quietMs)
  const checked = Promise.all(all.map((one) => one.checkAll()))
  await world.settle(checked, 'all is checked', ENDED_WITHIN_MS)
}
