/**
 * Somebody who publishes, changes and deletes dweets, shows others' and likes them, at whatever
 * member. From each answer on their profile is at every member what they made of it.
 */
import { assert, present } from '../../src/base/assert.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import { pick, type SeededChance } from '../../src/base/random.ts'
import type { Dweeter } from '../../src/services/dweets/types.ts'
import { compareIds } from '../../src/wire/dweet-ids.ts'
import type { CrawlingRing } from '../crawls/ring.ts'
import type { World } from '../world/world.ts'
import type { Board } from './board.ts'
import { type DweetDoors, dweeter, orGone } from './doors.ts'
import { allPages } from './pages.ts'

const PAUSE_MS_MAX = SECOND_MS
const ONE_IN_LASTING = 2
const ONE_IN_MENTIONS = 3

export interface TalkerParts {
  readonly ring: CrawlingRing
  readonly doors: DweetDoors
  readonly world: World
  readonly chance: SeededChance
  readonly board: Board
  readonly nick: string
  /** Whom their dweets name. */
  readonly readers: readonly string[]
}

/** On one's profile. */
interface Shown {
  readonly id: string
  /** The dweet that a redweet shows. */
  readonly of?: string
  /** Whether it is there for good is sure. */
  readonly isCertain: boolean
}

export class Talker {
  readonly #parts: TalkerParts
  readonly #who: Dweeter
  /** Newest last. */
  #shown: readonly Shown[] = []
  #requests = 0

  constructor(parts: TalkerParts) {
    this.#parts = parts
    this.#who = dweeter(parts.nick)
  }

  async live(untilMs: number): Promise<void> {
    const { chance, ring, world } = this.#parts
    while (world.nowMs < untilMs) {
      const acts = [
        this.#publish,
        this.#publish,
        this.#publish,
        this.#answer,
        this.#edit,
        this.#remove,
        this.#redweet,
        this.#unredweet,
        this.#like,
      ]
      await pick(chance, acts).call(this)
      if (chance.below(2) === 0) await this.checkAll()
      await ring.pause(PAUSE_MS_MAX * chance.fraction())
    }
  }

  /** Everything of theirs once, the newest first, as it was written last. */
  async checkAll(): Promise<void> {
    const { board, nick, world } = this.#parts
    const wanted = this.#shown.toReversed()
    const { items } = await allPages(this.#parts, (dweets, page) =>
      dweets.publicationsOf(this.#who, nick, page),
    )
    const ids = items.map(({ id }) => id)
    assert(ids.join() === wanted.map(({ id }) => id).join(), `${nick} has ${ids.join()}`)
    for (const [at, item] of items.entries()) {
      const { of, id } = present(wanted[at], 'as many')
      const original = of ?? id
      const dweet = item.kind === 'redweet' ? item.of : item
      const posted = board.get(original)
      // What others redweeted is never deleted; their own may be.
      assert((dweet === null) === (posted === undefined), `${original} is deleted, or is not`)
      if (dweet === null || posted?.author !== nick) continue
      assert(dweet.text === posted.text, `${id} says ${dweet.text}`)
    }
    world.tally.add('check: a profile is what was made of it')
  }

  async #publish(): Promise<void> {
    await this.#write(undefined)
  }

  async #answer(): Promise<void> {
    const { board, chance } = this.#parts
    const all = board.all()
    if (all.length > 0) await this.#write(pick(chance, all).id)
  }

  async #write(replyTo: string | undefined): Promise<void> {
    const { board, chance, doors, nick, readers } = this.#parts
    const named = chance.below(ONE_IN_MENTIONS) === 0 ? [pick(chance, readers)] : []
    const isLasting = chance.below(ONE_IN_LASTING) === 0
    const request = `${nick} ${this.#requests++}`
    const text = [...named.map((one) => `@${one}`), request, '#topic'].join(' ')
    const dweet = { text, ...(replyTo !== undefined && { replyTo }) }
    const retry = { key: sha256Hex(request), request: sha256Hex(text) }
    const made = await doors.ask((dweets) => orGone(dweets.publish(this.#who, dweet, { retry })))
    if (made === undefined) return
    this.#show({ id: made.id, isCertain: true })
    board.add({ id: made.id, author: nick, text, isLasting, mentions: named })
  }

  async #edit(): Promise<void> {
    const { board, chance, doors, nick } = this.#parts
    const own = board.of([nick])
    if (own.length === 0) return
    const { id, mentions } = pick(chance, own)
    const request = `${nick} ${this.#requests++}`
    const text = [...mentions.map((one) => `@${one}`), request, 'anew'].join(' ')
    const retry = { key: sha256Hex(request), request: sha256Hex(text) }
    await doors.ask((dweets) => dweets.edit(this.#who, id, { text }, { retry }))
    board.change(id, text)
  }

  async #remove(): Promise<void> {
    const { board, chance, doors, nick } = this.#parts
    const fleeting = board.of([nick]).filter(({ isLasting }) => !isLasting)
    if (fleeting.length === 0) return
    const { id } = pick(chance, fleeting)
    board.remove(id)
    await doors.ask((dweets) => dweets.remove(this.#who, id))
    this.#hide(id)
  }

  /** Of what stays, or is their own. */
  async #redweet(): Promise<void> {
    const { board, chance, doors, nick } = this.#parts
    const all = board.all().filter(({ author, isLasting }) => isLasting || author === nick)
    if (all.length === 0) return
    const { id: of } = pick(chance, all)
    const { isCertain, value } = await doors.do((dweets) => dweets.redweet(this.#who, of))
    if (this.#shown.every(({ id }) => id !== value.id)) {
      this.#show({ id: value.id, of, isCertain })
    }
  }

  async #unredweet(): Promise<void> {
    const { chance, doors } = this.#parts
    const redweets = this.#shown.filter(({ isCertain, of }) => isCertain && of !== undefined)
    if (redweets.length === 0) return
    const { id } = pick(chance, redweets)
    await doors.ask((dweets) => dweets.unredweet(this.#who, id))
    this.#hide(id)
  }

  async #like(): Promise<void> {
    const { board, chance, doors } = this.#parts
    const all = board.all()
    if (all.length === 0) return
    const { id } = pick(chance, all)
    const isLiked = chance.below(3) > 0
    await doors.ask((dweets) => orGone(dweets.like(this.#who, id, isLiked)))
  }

  #show(shown: Shown): void {
    const newest = this.#shown.at(-1)
    const isNewer = newest === undefined || compareIds(newest.id, shown.id) < 0
    assert(isNewer, `${shown.id} came behind ${newest?.id ?? ''}`)
    this.#shown = [...this.#shown, shown]
  }

  #hide(id: string): void {
    this.#shown = this.#shown.filter((shown) => shown.id !== id)
  }
}
