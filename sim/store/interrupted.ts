/** Whole stores under faults that interrupt, for scenarios of what stands on them. */
import { assert } from '../../src/base/assert.ts'
import { FaultDirector, type DirectorOptions } from '../world/director.ts'
import type { Machine } from '../world/machine.ts'
import type { World } from '../world/world.ts'
import type { Stores } from './stores.ts'

const WEIGHTS = {
  kill: 3,
  powerLoss: 3,
  pause: 2,
  partition: 2,
  oneWayPartition: 1,
  nonTransitivePartition: 1,
  lossyLinks: 1,
  slowDisk: 1,
}

export type Interruptions = Pick<DirectorOptions, 'intervalMsMean' | 'durationMsMax' | 'downMax'>

export function interrupt(
  world: World,
  stores: Stores,
  interruptions: Interruptions,
): FaultDirector {
  return new FaultDirector({
    world,
    machines: stores.seats.map(({ machine }) => machine),
    weights: WEIGHTS,
    ...interruptions,
    revive: async (machine: Machine) => {
      const seat = stores.seats.find((one) => one.machine === machine)
      assert(seat !== undefined, 'a machine has its seat')
      await stores.start(seat)
    },
  })
}

/** All run, vote in every group, and each group has a leader that may serve. */
export function areWhole(stores: Stores, members: number): boolean {
  return (
    stores.up.length === members &&
    stores.groups.every((group) => {
      const leader = stores.leaderOf(group)
      const status = leader === undefined ? undefined : stores.host(leader).status(group)
      return status?.isReady === true && status.configuration?.voters.length === members
    })
  )
}
