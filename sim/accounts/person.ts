/**
 * Somebody with an account, at whatever member: logs in, is somebody there, is nobody from the
 * moment on at which that was told. What was asked and got no certain answer may still be done much
 * later: then they go on with another account.
 */
import { assert } from '../../src/base/assert.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import type { SeededChance } from '../../src/base/random.ts'
import type { AccountsService } from '../../src/services/accounts/accounts.ts'
import type { IssuedTokens, Principal } from '../../src/services/accounts/types.ts'
import { PERMISSIONS_OF, type AccountRoleName } from '../../src/wire/permissions.ts'
import type { AccountRing } from './ring.ts'

const ORIGIN = { address: undefined, client: 'a person' }
const PASSWORD = 'correct horse'
const PAUSE_MS_MAX = 2 * SECOND_MS
const AGAIN_AFTER_MS = SECOND_MS
const TRIES_MAX = 120
/** After it a token that was used is known as stolen, whatever clocks say. */
const STOLEN_AFTER_MS = 25 * SECOND_MS
const CHECKS_A_SESSION = 4

const ADMIN: Principal = {
  nick: 'admin',
  role: 'administrator',
  permissions: PERMISSIONS_OF.administrator,
  groups: [],
  by: { kind: 'session', id: 'admin' },
}

export interface PersonParts {
  readonly ring: AccountRing
  readonly chance: SeededChance
}

type Ask<T> = (accounts: AccountsService) => Promise<T>

interface Done<T> {
  readonly value: T
  /** One attempt was not: it may be done once more, at any time. */
  readonly isCertain: boolean
}

export class Person {
  readonly #ring: AccountRing
  readonly #chance: SeededChance

  constructor({ chance, ring }: PersonParts) {
    this.#ring = ring
    this.#chance = chance
  }

  async live(untilMs: number): Promise<void> {
    const { world } = this.#ring
    while (world.nowMs < untilMs) {
      const nick = this.#ring.nick()
      const user = { nick, password: PASSWORD }
      const made = await this.#until((accounts) => accounts.register(user, ORIGIN), ['NICK_TAKEN'])
      if (made === undefined) continue
      let isCertain = true
      while (isCertain && world.nowMs < untilMs) isCertain = await this.#session(nick)
    }
  }

  /** @returns whether the account is still in a state that is known */
  async #session(nick: string): Promise<boolean> {
    const credentials = { nick, password: PASSWORD }
    // Log-ins that were lost count as guesses.
    const done = await this.#until((accounts) => accounts.logIn(credentials, ORIGIN), ['SLOW_DOWN'])
    if (done === undefined) return false
    const tokens = done.value
    for (let checks = 0; checks < CHECKS_A_SESSION; checks++) {
      await this.#pause(PAUSE_MS_MAX * this.#chance.fraction())
      await this.#isSomebody(tokens, { nick, role: 'member' })
    }
    const ends = [this.#logOut, this.#logOutEverywhere, this.#suspend, this.#steal, this.#promote]
    const end = ends[this.#chance.below(ends.length)]
    assert(end !== undefined, 'an end is drawn')
    return end.call(this, nick, tokens)
  }

  async #logOut(_nick: string, tokens: IssuedTokens): Promise<boolean> {
    return this.#end(tokens, 'check: who logged out is nobody', { everywhere: false })
  }

  async #logOutEverywhere(nick: string, tokens: IssuedTokens): Promise<boolean> {
    const credentials = { nick, password: PASSWORD }
    const other = await this.#until(
      (accounts) => accounts.logIn(credentials, ORIGIN),
      ['SLOW_DOWN'],
    )
    if (other === undefined) return false
    const what = 'check: who logged out everywhere is nobody'
    const isCertain = await this.#end(tokens, what, { everywhere: true })
    await this.#isNobody(other.value, what)
    return isCertain && other.isCertain
  }

  async #end(
    tokens: IssuedTokens,
    what: string,
    options: { readonly everywhere: boolean },
  ): Promise<boolean> {
    const asked = await this.#until(
      (accounts) =>
        accounts.authenticate(tokens.accessToken).then((who) => accounts.logOut(who, options)),
      ['LOGIN_FIRST'],
    )
    await this.#isNobody(tokens, what)
    return asked?.isCertain === true
  }

  async #suspend(nick: string, tokens: IssuedTokens): Promise<boolean> {
    const set = (state: 'active' | 'suspended') =>
      this.#until((accounts) => accounts.setState(ADMIN, nick, state), [])
    const done = await set('suspended')
    await this.#isNobody(tokens, 'check: who is suspended is nobody')
    const again = await set('active')
    return done?.isCertain === true && again?.isCertain === true
  }

  async #promote(nick: string, tokens: IssuedTokens): Promise<boolean> {
    const set = (role: AccountRoleName) =>
      this.#until((accounts) => accounts.setRole(ADMIN, nick, { role }), [])
    for (const role of ['operator', 'member'] as const) {
      const done = await set(role)
      if (done?.isCertain !== true) return false
      await this.#everywhere(tokens, (who) => {
        assert(who?.role === role, `${nick} was made ${role}, and is ${who?.role ?? 'nobody'}`)
        this.#ring.world.tally.add('check: a role counts at each member')
      })
    }
    return this.#end(tokens, 'check: who logged out is nobody', { everywhere: false })
  }

  /** Somebody else uses the token that this person used. */
  async #steal(_nick: string, tokens: IssuedTokens): Promise<boolean> {
    const { refreshToken } = tokens
    const used = await this.#ring.ask(this.#door(), (accounts) =>
      accounts.refresh(refreshToken, ORIGIN),
    )
    if (used.kind === 'unknown') return false
    assert(used.kind === 'answer', 'a token that was not used refreshes the session')
    const repeated = await this.#ring.ask(this.#door(), (accounts) =>
      accounts.refresh(refreshToken, ORIGIN),
    )
    if (repeated.kind === 'answer') {
      const isAlike = repeated.value.refreshToken === used.value.refreshToken
      assert(isAlike, 'a token that is shown twice at once is answered alike')
      this.#ring.world.tally.add('check: a repeated refresh is answered alike')
    }
    await this.#pause(STOLEN_AFTER_MS)
    const stolen = await this.#until(
      (accounts) => accounts.refresh(refreshToken, ORIGIN),
      ['LOGIN_FIRST'],
    )
    assert(stolen === undefined, 'a token that was used long ago refreshes the session')
    await this.#isNobody(used.value, 'check: a stolen token ends its session')
    return true
  }

  /** Whoever answers says that it is this person. */
  async #isSomebody(
    tokens: IssuedTokens,
    { nick, role }: { readonly nick: string; readonly role: AccountRoleName },
  ): Promise<void> {
    await this.#everywhere(tokens, (who) => {
      assert(who !== undefined, `${nick} is logged in, and is nobody`)
      assert(who.nick === nick && who.role === role, `${nick} is ${who.nick}, ${who.role}`)
      this.#ring.world.tally.add('check: who is logged in is somebody')
    })
  }

  async #isNobody(tokens: IssuedTokens, what: string): Promise<void> {
    await this.#everywhere(tokens, (who) => {
      assert(who === undefined, `${what}: ${who?.nick ?? ''}`)
      this.#ring.world.tally.add(what)
    })
  }

  /** At all doors at once; those that cannot say are passed over. */
  async #everywhere(
    { accessToken }: IssuedTokens,
    check: (who: Principal | undefined) => void,
  ): Promise<void> {
    const doors = Array.from({ length: this.#ring.doors }, (_, door) => door)
    const ask: Ask<Principal> = (accounts) => accounts.authenticate(accessToken)
    for (const told of await Promise.all(doors.map((door) => this.#ring.ask(door, ask)))) {
      if (told.kind === 'unknown') continue
      if (told.kind === 'refused') assert(told.code === 'LOGIN_FIRST', `refused: ${told.code}`)
      check(told.kind === 'answer' ? told.value : undefined)
    }
  }

  /** Asks here and there until it is done; `undefined` where it was refused with one of these. */
  async #until<T>(ask: Ask<T>, refusals: readonly string[]): Promise<Done<T> | undefined> {
    let isCertain = true
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const told = await this.#ring.ask(this.#door(), ask)
      if (told.kind === 'answer') return { value: told.value, isCertain }
      if (told.kind === 'refused') {
        assert(refusals.includes(told.code), `refused with ${told.code}`)
        return undefined
      }
      isCertain = false
      await this.#pause(AGAIN_AFTER_MS)
    }
    throw new Error('nobody answered for long')
  }

  #door(): number {
    return this.#chance.below(this.#ring.doors)
  }

  #pause(forMs: number): Promise<void> {
    return this.#ring.stores.doors.pause(forMs)
  }
}
