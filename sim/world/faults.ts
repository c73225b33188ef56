/** The faults that a director deals out, each by name. A strike gives what heals it. */
import { pick, type SeededChance } from '../../src/base/random.ts'
import { LOSSY, type LinkQuality, type Route } from './links.ts'
import type { Machine } from './machine.ts'
import type { World } from './world.ts'

export type Heal = () => void

export interface Stage {
  readonly world: World
  readonly chance: SeededChance
  /** Those that faults may strike. */
  readonly machines: readonly Machine[]
  /** Machines that are up and may be taken down: none when enough are down. */
  readonly mayGoDown: () => readonly Machine[]
  /** Starts a machine again, and again while it fails. */
  readonly revive: (machine: Machine) => void
}

/** `undefined`: it cannot strike at this moment. */
export type Strike = (stage: Stage) => Heal | undefined

const NOTHING: Heal = () => {}
const CLOCK_JUMP_MS_MAX = 3_600_000
const DRIFT_MAX = 0.05
const DISK_SLOWNESS = 200
const SLOW_LINK: LinkQuality = { ...LOSSY, delayMsMin: 150, jitterMsMean: 150, lossChance: 0 }
const MISDIRECTED_READS = 0.2

export const FAULTS = {
  kill: (stage) => {
    const machine = downable(stage)
    if (machine === undefined) return undefined
    machine.kill()
    return () => stage.revive(machine)
  },

  powerLoss: (stage) => {
    const machine = downable(stage)
    if (machine === undefined) return undefined
    machine.losePower()
    return () => stage.revive(machine)
  },

  /** A new disk: the machine comes back without its past. */
  wipe: (stage) => {
    const machine = downable(stage)
    if (machine === undefined) return undefined
    machine.losePower()
    machine.wipe()
    return () => stage.revive(machine)
  },

  pause: (stage) => {
    const machine = downable(stage)
    if (machine === undefined) return undefined
    machine.pause()
    return () => machine.resume()
  },

  /** Two sides that do not hear each other. */
  partition: (stage) => {
    const { one, rest } = split(stage)
    return wall(stage, [...routes(one, rest), ...routes(rest, one)])
  },

  /** Some are heard by nobody, and hear all. */
  oneWayPartition: (stage) => {
    const { one, rest } = split(stage)
    return wall(stage, routes(one, rest))
  },

  /** Two do not hear each other; all others hear both. */
  nonTransitivePartition: (stage) => {
    const pair = twoOf(stage)
    if (pair === undefined) return undefined
    const [a, b] = pair
    return wall(stage, [...routes([a], [b]), ...routes([b], [a])])
  },

  lossyLinks: (stage) => withQuality(stage, LOSSY),

  slowLinks: (stage) => withQuality(stage, SLOW_LINK),

  brokenConnections: ({ world, chance }) => {
    const streams = [...world.net.streams]
    if (streams.length === 0) return undefined
    for (const stream of streams) if (chance.below(3) === 0) stream.breakOff()
    return NOTHING
  },

  slowDisk: ({ chance, machines }) => {
    const { faults } = pick(chance, machines).medium
    faults.slowness = DISK_SLOWNESS
    return () => {
      faults.slowness = 1
    }
  },

  fullDisk: ({ chance, machines }) => {
    const { faults } = pick(chance, machines).medium
    faults.full = true
    return () => {
      faults.full = false
    }
  },

  failingSyncs: ({ chance, machines }) => {
    const { faults } = pick(chance, machines).medium
    faults.syncsFail = true
    return () => {
      faults.syncsFail = false
    }
  },

  bitFlip: ({ chance, machines }) =>
    pick(chance, machines).medium.flipBit(chance) ? NOTHING : undefined,

  misdirectedReads: ({ chance, machines }) => {
    const { faults } = pick(chance, machines).medium
    faults.misdirectedReads = MISDIRECTED_READS
    return () => {
      faults.misdirectedReads = 0
    }
  },

  clockJump: ({ chance, machines }) => {
    const byMs = (2 * chance.fraction() - 1) * CLOCK_JUMP_MS_MAX
    pick(chance, machines).time.jump(byMs)
    return NOTHING
  },

  clockDrift: ({ chance, machines }) => {
    const { time } = pick(chance, machines)
    time.drift(1 + (2 * chance.fraction() - 1) * DRIFT_MAX)
    return () => time.drift(1)
  },
} as const satisfies Readonly<Record<string, Strike>>

export type FaultName = keyof typeof FAULTS

function downable({ chance, mayGoDown }: Stage): Machine | undefined {
  const machines = mayGoDown()
  return machines.length === 0 ? undefined : pick(chance, machines)
}

function twoOf({ chance, machines }: Stage): readonly [Machine, Machine] | undefined {
  const one = pick(chance, machines)
  const others = machines.filter((machine) => machine.address !== one.address)
  return others.length === 0 ? undefined : [one, pick(chance, others)]
}

/** A random few, and the others. */
function split({ chance, machines }: Stage): { one: Machine[]; rest: Machine[] } {
  const one: Machine[] = []
  const rest: Machine[] = []
  for (const machine of machines) (chance.below(2) === 0 ? one : rest).push(machine)
  return { one, rest }
}

function routes(from: readonly Machine[], to: readonly Machine[]): readonly Route[] {
  return from.flatMap((a) => to.map((b) => ({ from: a.address, to: b.address })))
}

function wall({ world }: Stage, between: readonly Route[]): Heal | undefined {
  if (between.length === 0) return undefined
  for (const route of between) world.links.block(route)
  return () => {
    for (const route of between) world.links.open(route)
  }
}

/** A few links of one machine, both ways. */
function withQuality(stage: Stage, quality: LinkQuality): Heal | undefined {
  const one = pick(stage.chance, stage.machines)
  const others = stage.machines.filter(
    (other) => other.address !== one.address && stage.chance.below(2) === 0,
  )
  const between = [...routes([one], others), ...routes(others, [one])]
  if (between.length === 0) return undefined
  for (const route of between) stage.world.links.setLinkQuality(route, quality)
  return () => {
    for (const route of between) stage.world.links.setLinkQuality(route, undefined)
  }
}
