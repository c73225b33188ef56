/**
 * A hundred clients want one nick, at all members at once, while two of those end. Whoever hears
 * nothing, or nothing certain, asks again elsewhere. One of them gets it, and is told so.
 */
import { assert, present } from '../../src/base/assert.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import type { SeededChance } from '../../src/base/random.ts'
import { partitionOfNick } from '../../src/services/accounts/places.ts'
import type { AccountRing } from './ring.ts'

const CLIENTS = 100
/** All ask within this, and the members end within that. */
const BEGIN_WITHIN_MS = 100
const END_WITHIN_MS = 250
const DOWN_MS = 20 * SECOND_MS
const AGAIN_AFTER_MS = 300
const TRIES_MAX = 60

const ORIGIN = { address: undefined, client: 'a race' }

export async function race(ring: AccountRing, chance: SeededChance): Promise<void> {
  const nick = ring.nick()
  strike(ring, chance, nick)
  const clients = Array.from({ length: CLIENTS }, (_, number) =>
    register(ring, chance, { nick, number }),
  )
  const outcomes = await Promise.all(clients)
  const winners = outcomes.flatMap((isWon, number) => (isWon ? [number] : []))
  assert(winners.length === 1, `${winners.length} of ${CLIENTS} were told that ${nick} is theirs`)
  ring.world.tally.add('check: a nick has one winner')
  const winner = present(winners[0], 'winner')
  const isTold = await register(ring, chance, { nick, number: winner })
  assert(isTold, `who won ${nick} asks again, and is told that it is taken`)
  await logIn(ring, { nick, number: winner })
  ring.world.tally.add('check: the winner has the account')
}

interface Client {
  readonly nick: string
  readonly number: number
}

const passwordOf = ({ number }: Client): string => `password of client ${number}`

/** @returns whether the client was told that the nick is theirs */
async function register(ring: AccountRing, chance: SeededChance, client: Client): Promise<boolean> {
  const { nick, number } = client
  const key = sha256Hex(`${nick} ${number}`)
  const repeatable = { key, retry: { key, request: sha256Hex(key) } }
  const user = { nick, password: passwordOf(client) }
  await ring.stores.doors.pause(BEGIN_WITHIN_MS * chance.fraction())
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const door = number + tries
    const told = await ring.ask(door, (accounts) => accounts.register(user, ORIGIN, repeatable))
    if (told.kind === 'answer') return true
    if (told.kind === 'refused') {
      assert(told.code === 'NICK_TAKEN', `registering was refused with ${told.code}`)
      return false
    }
    ring.world.tally.add('accounts: a registration was sent again')
    await ring.stores.doors.pause(AGAIN_AFTER_MS * (1 + chance.fraction()))
  }
  throw new Error(`client ${number} was told nothing certain of ${nick}`)
}

async function logIn(ring: AccountRing, client: Client): Promise<void> {
  const credentials = { nick: client.nick, password: passwordOf(client) }
  for (let door = 0; door < TRIES_MAX; door++) {
    const told = await ring.ask(door, (accounts) => accounts.logIn(credentials, ORIGIN))
    if (told.kind === 'answer') return
    assert(told.kind === 'unknown', `who won ${client.nick} cannot log in`)
    await ring.stores.doors.pause(AGAIN_AFTER_MS)
  }
  throw new Error(`nobody lets ${client.nick} in`)
}

/**
 * Two members end at some moment, by a kill or without power, and come back later; in every other
 * race the one that leads the partition of the nick is among them.
 */
function strike({ stores, world }: AccountRing, chance: SeededChance, nick: string): void {
  const leader = stores.leaderOf(partitionOfNick(nick))
  const leads = stores.seats.findIndex((seat) => seat === leader)
  const isLeaderStruck = leads >= 0 && chance.below(2) === 0
  const first = isLeaderStruck ? leads : chance.below(stores.seats.length)
  const second = (first + 1 + chance.below(stores.seats.length - 1)) % stores.seats.length
  for (const place of [first, second]) {
    const seat = present(stores.seats[place], 'seat')
    world.scheduler.after(END_WITHIN_MS * chance.fraction(), 'race', () => {
      if (chance.below(2) === 0) seat.machine.kill()
      else seat.machine.losePower()
      world.tally.add('accounts: a member ended in a race')
      world.scheduler.after(DOWN_MS, 'race', () => stores.revive(seat))
    })
  }
}
