/**
 * What strikes whole stores: each fault by its name, with its weight. What would damage more than
 * the promise covers does not strike.
 */
import { assert } from '../../src/base/assert.ts'
import { pick, shuffled, type SeededChance } from '../../src/base/random.ts'
import type { PartitionId } from '../../src/wire/partition.ts'
import { FAULTS, type FaultName, type Heal, type Stage } from '../world/faults.ts'
import { LOSSY, type LinkQuality } from '../world/links.ts'
import { MOMENTS, type Moment } from '../world/moments.ts'
import type { World } from '../world/world.ts'
import type { Seat, Stores } from './stores.ts'

export interface Scene {
  readonly world: World
  readonly durationMs: number
  /** The group that clients ask most just then. */
  readonly focus: PartitionId | undefined
  readonly stores: Stores
  readonly chance: SeededChance
}

type Strike = (scene: Scene) => Heal | undefined

const NOTHING: Heal = () => {}

const MEMBERS_MAX = 7
/** Machines of a whole run. */
const SEATS_MAX = 12
/** Below it, voters of every group would be fewer than three. */
const MEMBERS_MIN = 3
const MOMENT_COUNT_MAX = 8
/** Between two leaders that end. */
const LEADER_FLAP_MS = 1_500
/** Between two members that end while others elect. */
const SHAKE_MS = 250
/** Until a leader that was walled off speaks again. */
const SHAKEN_WALL_MS = 2_000
/** A short time to be down. */
const BLINK_MS_MAX = 150
/** Before who lost a leader can have elected another. */
const TURN_OVER_MS = 550
const ORPHANED_MS = 2_500
/** Of those that are asked for in the last words of clients. */
const LAST_ACKNOWLEDGEMENTS_MAX = 10
const SHUFFLING: LinkQuality = { ...LOSSY, lossChance: 0, duplicateChance: 0.2, reorderChance: 0.3 }
const FLIPS_MAX = 20
/** Below what is kept back (architecture 5, *Full disk*). */
const NEARLY_FULL_BYTES = 1024 * 1024

export const OWN_FAULTS = {
  /** As a rack without power. */
  powerLossOfTwo: (scene) => {
    const seats = shuffled(scene.chance, mayGoDown(scene)).slice(0, 2)
    return scene.stores.mayGoDown(seats.map(({ id }) => id)) ? strikeSome(scene, seats) : undefined
  },

  powerLossOfAll: (scene) => strikeSome(scene, scene.stores.up),

  restartOfAll: ({ stores }) => {
    const seats = stores.up
    for (const { machine } of seats) machine.kill()
    return () => reviveAll(stores, seats)
  },

  /** Ends a member at a moment around a write, a sync, a send or an acknowledgement. */
  killAtMoment: (scene) => ambush(scene, (seat) => seat.machine.kill()),

  powerLossAtMoment: (scene) => ambush(scene, (seat) => seat.machine.losePower()),

  /** All at once, just when one of them does something. */
  powerLossOfAllAtMoment: (scene) =>
    ambush(scene, () => {
      for (const { machine } of scene.stores.up) machine.losePower()
    }),

  /** All at once, when a change was just acknowledged anywhere. */
  powerLossOfAllAtAcknowledgement: (scene) => {
    const { stores, chance } = scene
    let left = 1 + chance.below(LAST_ACKNOWLEDGEMENTS_MAX)
    const lie = ({ machine }: Seat): void => {
      machine.moments.lieInWait({ moment: 'after acknowledgement', count: 1, strike })
    }
    const strike = (): void => {
      left--
      for (const seat of stores.up) {
        if (left === 0) seat.machine.losePower()
        else lie(seat)
      }
    }
    for (const seat of stores.up) lie(seat)
    return () => {
      for (const { machine } of stores.seats) machine.moments.forget()
      reviveAll(stores, stores.seats)
    }
  },

  /** Just in a write, of which a part is done, or between it and its sync. */
  tornWrite: (scene) => {
    const up = scene.stores.up
    if (up.length === 0) return undefined
    const { chance, stores } = scene
    const { machine } = pick(chance, up)
    const isCut = chance.below(2) === 0
    machine.moments.lieInWait({
      moment: isCut ? 'before write' : 'after write',
      count: 1 + chance.below(MOMENT_COUNT_MAX),
      strike: () => (isCut ? machine.kill() : machine.losePower()),
    })
    return () => {
      machine.moments.forget()
      reviveAll(stores, stores.seats)
    }
  },

  /** Who joins hears nobody and is heard by nobody, from its first word of a group on. */
  orphanedNewcomer: (scene) => {
    const { chance, stores, world } = scene
    const { active, seats } = stores
    if (active.length >= MEMBERS_MAX || seats.length >= SEATS_MAX) return undefined
    const newcomer = stores.addSeat()
    const stop = stores.onReplica((seat) => {
      if (seat !== newcomer) return
      stop()
      const open = wallOff(scene, newcomer)
      world.scheduler.after(ORPHANED_MS * (0.5 + chance.fraction()), 'heal', open)
    })
    stores.revive(newcomer)
    return stop
  },

  /** One leader after the other ends soon after its election, and is back at once. */
  leaderFlap: (scene) => {
    const group = someGroup(scene)
    return repeatedly(scene, LEADER_FLAP_MS, () => {
      const leader = scene.stores.leaderOf(group)
      if (leader !== undefined) blink(scene, leader)
    })
  },

  /** A leader is walled off, and those who elect another end and are back while they do. */
  shakenElection: (scene) => {
    const heal = OWN_FAULTS.leaderWall(scene)
    if (heal === undefined) return undefined
    const stop = repeatedly(scene, SHAKE_MS, () =>
      blink(scene, pick(scene.chance, scene.stores.seats)),
    )
    scene.world.scheduler.after(SHAKEN_WALL_MS * (0.5 + scene.chance.fraction()), 'heal', heal)
    return stop
  },

  leaderKill: (scene) => {
    const seat = leaderThatMayGoDown(scene)
    if (seat === undefined) return undefined
    seat.machine.kill()
    return () => scene.stores.revive(seat)
  },

  leaderPause: (scene) => {
    const seat = leaderThatMayGoDown(scene)
    if (seat === undefined) return undefined
    seat.machine.pause()
    return () => seat.machine.resume()
  },

  /** The leader of a group hears nobody and is heard by nobody, or only one of both. */
  leaderWall: (scene) => {
    const seat = someLeader(scene)
    if (seat === undefined) return undefined
    return wallOff(scene, seat, scene.chance.below(3))
  },

  transfer: (scene) => (handOver(scene, someGroup(scene)) ? NOTHING : undefined),

  /**
   * While a group is without its leader, all others change theirs: what waits to be sent there must
   * not be forgotten.
   */
  leadersTurnOver: (scene) => {
    const { stores, world } = scene
    const lost = leaderThatMayGoDown(scene)
    if (lost === undefined) return undefined
    lost.machine.losePower()
    world.scheduler.after(TURN_OVER_MS, 'hand over', () => {
      for (const group of stores.groups) handOver(scene, group)
    })
    return () => stores.revive(lost)
  },

  shufflingLinks: ({ world }) => {
    world.links.setQuality(SHUFFLING)
    return () => world.links.heal()
  },

  brokenConnections: ({ stores, chance }) =>
    stores.network.breakConnections(() => chance.below(2) === 0) === 0 ? undefined : NOTHING,

  nearlyFullDisk: ({ stores, chance }) => {
    const { faults } = pick(chance, stores.seats).machine.medium
    faults.freeBytes = NEARLY_FULL_BYTES
    return () => {
      faults.freeBytes = Infinity
    }
  },

  readOnlyDisk: ({ stores, chance }) => {
    const { faults } = pick(chance, stores.seats).machine.medium
    faults.readOnly = true
    return () => {
      faults.readOnly = false
    }
  },

  /** A new disk: the member is lost, another one takes its place. */
  wipe: (scene) => {
    const seat = damageable(scene)
    if (seat === undefined) return undefined
    seat.machine.losePower()
    scene.stores.wipe(seat)
    return () => scene.stores.revive(seat)
  },

  /** Bits of files flip while the member is down. */
  bitFlips: (scene) => {
    const seat = damageable(scene)
    if (seat === undefined) return undefined
    seat.machine.kill()
    const flips = 1 + scene.chance.below(FLIPS_MAX)
    for (let flip = 0; flip < flips; flip++) seat.machine.medium.flipBit(scene.chance)
    return () => scene.stores.revive(seat)
  },

  damagedDatabase: (scene) => {
    const seat = damageable(scene)
    if (seat === undefined) return undefined
    const databases = [...seat.machine.medium.databases.values()]
    if (databases.length === 0) return undefined
    seat.machine.kill()
    const database = pick(scene.chance, databases)
    if (scene.chance.below(2) === 0) database.damaged = true
    else database.flipValueBit(scene.chance)
    return () => scene.stores.revive(seat)
  },

  /** Either ends what is on the disk: its member gives it up. */
  failingSyncs: (scene) => onDamageable(scene, 'failingSyncs'),

  misdirectedReads: (scene) => onDamageable(scene, 'misdirectedReads'),

  join: ({ stores }) => {
    const { active, seats } = stores
    if (active.length >= MEMBERS_MAX || seats.length >= SEATS_MAX) return undefined
    stores.revive(stores.addSeat())
    return NOTHING
  },

  /** It gives its replicas to others under load, and leaves. */
  drain: ({ stores, chance }) => {
    if (stores.active.length <= MEMBERS_MIN) return undefined
    stores.drain(pick(chance, stores.active))
    return NOTHING
  },

  /** A machine burns, and another is bought. */
  replace: (scene) => {
    const seat = damageable(scene)
    if (seat?.state !== 'active' || scene.stores.seats.length >= SEATS_MAX) return undefined
    seat.machine.losePower()
    scene.stores.burn(seat)
    return () => scene.stores.revive(scene.stores.addSeat())
  },
} as const satisfies Readonly<Record<string, Strike>>

type OwnFault = keyof typeof OWN_FAULTS
type SharedFault = Extract<
  FaultName,
  | 'kill'
  | 'powerLoss'
  | 'pause'
  | 'partition'
  | 'oneWayPartition'
  | 'nonTransitivePartition'
  | 'lossyLinks'
  | 'slowLinks'
  | 'slowDisk'
  | 'fullDisk'
  | 'clockJump'
  | 'clockDrift'
>

export type StoreFault = OwnFault | SharedFault

/** How often each strikes beside the others. */
export const STORE_FAULTS: Readonly<Record<StoreFault, number>> = {
  kill: 2,
  powerLoss: 2,
  pause: 2,
  partition: 3,
  oneWayPartition: 2,
  nonTransitivePartition: 2,
  lossyLinks: 2,
  slowLinks: 1,
  slowDisk: 1,
  fullDisk: 1,
  failingSyncs: 1,
  misdirectedReads: 1,
  clockJump: 1,
  clockDrift: 1,
  powerLossOfTwo: 2,
  powerLossOfAll: 2,
  restartOfAll: 1,
  killAtMoment: 3,
  powerLossAtMoment: 3,
  powerLossOfAllAtMoment: 8,
  powerLossOfAllAtAcknowledgement: 1,
  leadersTurnOver: 2,
  tornWrite: 3,
  orphanedNewcomer: 1,
  leaderKill: 2,
  leaderFlap: 2,
  shakenElection: 4,
  leaderPause: 2,
  leaderWall: 4,
  transfer: 2,
  shufflingLinks: 1,
  brokenConnections: 2,
  nearlyFullDisk: 1,
  readOnlyDisk: 1,
  wipe: 2,
  bitFlips: 1,
  damagedDatabase: 1,
  join: 2,
  drain: 2,
  replace: 1,
}

export const STORE_FAULT_NAMES: readonly StoreFault[] = Object.keys(STORE_FAULTS).filter(isFault)

function isFault(name: string): name is StoreFault {
  return Object.hasOwn(STORE_FAULTS, name)
}

export function isOwn(name: StoreFault): name is OwnFault {
  return Object.hasOwn(OWN_FAULTS, name)
}

/** Those that are up, and without which every group still has a majority. */
function mayGoDown({ stores }: Scene): readonly Seat[] {
  return stores.up.filter(({ id }) => stores.mayGoDown([id]))
}

/** Whose data may be lost without harm to anybody. */
function damageable(scene: Scene): Seat | undefined {
  const { stores, chance } = scene
  const seats = mayGoDown(scene).filter(({ id }) => stores.mayLose([id]))
  return seats.length === 0 ? undefined : pick(chance, seats)
}

function onDamageable(scene: Scene, name: FaultName): Heal | undefined {
  const seat = damageable(scene)
  if (seat === undefined) return undefined
  return FAULTS[name]({ ...stageOf(scene), machines: [seat.machine] })
}

/** Most often of the group that is asked most. */
function someGroup({ stores, chance, focus }: Scene): PartitionId {
  return focus === undefined || chance.below(4) === 0 ? pick(chance, stores.groups) : focus
}

function someLeader(scene: Scene): Seat | undefined {
  return scene.stores.leaderOf(someGroup(scene))
}

function leaderThatMayGoDown(scene: Scene): Seat | undefined {
  const leader = someLeader(scene)
  return leader !== undefined && mayGoDown(scene).includes(leader) ? leader : undefined
}

/** `direction` 1: nothing reaches it; 2: nothing leaves it; 0: both. */
function wallOff({ stores, world }: Scene, seat: Seat, direction = 0): Heal {
  const others = stores.seats.filter((other) => other !== seat)
  const here = seat.machine.address
  const routes = others.flatMap(({ machine: { address } }) => [
    ...(direction === 1 ? [] : [{ from: here, to: address }]),
    ...(direction === 2 ? [] : [{ from: address, to: here }]),
  ])
  for (const route of routes) world.links.block(route)
  return () => {
    for (const route of routes) world.links.open(route)
  }
}

/** @returns whether somebody else may take it over */
function handOver({ stores, chance }: Scene, group: PartitionId): boolean {
  const leader = stores.leaderOf(group)
  if (leader === undefined) return false
  const host = stores.host(leader)
  const voters = host.status(group)?.configuration?.voters ?? []
  const heirs = voters.filter((id) => id !== leader.id)
  if (heirs.length === 0) return false
  host.transfer(group, pick(chance, heirs))
  return true
}

function strikeSome({ stores }: Scene, seats: readonly Seat[]): Heal | undefined {
  if (seats.length === 0) return undefined
  for (const { machine } of seats) machine.losePower()
  return () => reviveAll(stores, seats)
}

function reviveAll(stores: Stores, seats: readonly Seat[]): void {
  for (const seat of seats) stores.revive(seat)
}

function ambush(scene: Scene, strike: (seat: Seat) => void): Heal | undefined {
  const { stores, chance, world } = scene
  const some = chance.below(2) === 0 ? someLeader(scene) : undefined
  const up = stores.up
  if (up.length === 0) return undefined
  const seat = some ?? pick(chance, up)
  // Around acknowledgements a crash tells most.
  const moment: Moment = chance.below(3) > 0 ? 'after acknowledgement' : pick(chance, MOMENTS)
  assert(seat.machine.isRunning, 'an ambush is laid for one that runs')
  seat.machine.moments.lieInWait({
    moment,
    count: 1 + chance.below(MOMENT_COUNT_MAX),
    strike: () => {
      world.tally.add(`fault: crash ${moment}`)
      strike(seat)
    },
  })
  return () => {
    seat.machine.moments.forget()
    reviveAll(stores, stores.seats)
  }
}

/** Does it again and again, about so often, until it is healed. */
function repeatedly({ world, chance }: Scene, intervalMs: number, act: () => void): Heal {
  let isOver = false
  const again = (): void => {
    if (isOver) return
    act()
    world.scheduler.after(intervalMs * 2 * chance.fraction(), 'again', again)
  }
  again()
  return () => {
    isOver = true
  }
}

/** Ends it, with or without power, and starts it again soon. */
function blink(scene: Scene, seat: Seat): void {
  const { world, stores, chance } = scene
  if (!mayGoDown(scene).includes(seat)) return
  if (chance.below(2) === 0) seat.machine.kill()
  else seat.machine.losePower()
  world.scheduler.after(chance.fraction() * BLINK_MS_MAX, 'revive', () => stores.revive(seat))
}

/** Of the faults that other simulations have, too. */
export function stageOf(scene: Scene): Stage {
  const { world, stores, chance } = scene
  return {
    world,
    chance,
    machines: stores.seats.map(({ machine }) => machine),
    mayGoDown: () => mayGoDown(scene).map(({ machine }) => machine),
    revive: (machine) => {
      const seat = stores.seats.find((one) => one.machine === machine)
      if (seat !== undefined) stores.revive(seat)
    },
  }
}
