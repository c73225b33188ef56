/**
 * Somebody who follows others and asks for what is new, at whatever member: acknowledges it at
 * once, late, again or not at all. What was acknowledged does not come again; all comes in the end.
 */
import { assert } from '../../src/base/assert.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import { pick, type SeededChance } from '../../src/base/random.ts'
import type { Dweeter } from '../../src/services/dweets/types.ts'
import type { NewDweets } from '../../src/wire/api-dweets.ts'
import { compareIds } from '../../src/wire/dweet-ids.ts'
import type { CrawlingRing } from '../crawls/ring.ts'
import type { World } from '../world/world.ts'
import type { Board } from './board.ts'
import { type DweetDoors, dweeter } from './doors.ts'
import { allPages } from './pages.ts'

const LIMIT = 6
const PAUSE_MS_MAX = SECOND_MS
/** Of what there is at the end, more than enough. */
const ASKS_MAX = 400

export interface ReaderParts {
  readonly ring: CrawlingRing
  readonly doors: DweetDoors
  readonly world: World
  readonly chance: SeededChance
  readonly board: Board
  readonly nick: string
  readonly talkers: readonly string[]
}

export class Reader {
  readonly nick: string
  readonly #parts: ReaderParts
  readonly #who: Dweeter
  #follows: readonly string[] = []
  /** Answers that were not acknowledged, or are to be once more. */
  #answers: readonly NewDweets[] = []
  readonly #acknowledged = new Set<string>()

  constructor(parts: ReaderParts) {
    this.#parts = parts
    this.nick = parts.nick
    this.#who = dweeter(parts.nick)
  }

  async live(untilMs: number): Promise<void> {
    const { chance, ring, talkers, world } = this.#parts
    while (world.nowMs < untilMs) {
      const next = talkers[this.#follows.length]
      if (next !== undefined && chance.below(2) === 0) await this.#follow(next)
      const answer = await this.#ask()
      const act = chance.below(4)
      if (act > 0) await this.#acknowledge(answer)
      if (act < 2) this.#answers = [...this.#answers, answer].slice(-LIMIT)
      const [late] = this.#answers
      if (late !== undefined && chance.below(4) === 0) {
        await this.#acknowledge(pick(chance, this.#answers))
      }
      if (chance.below(4) === 0) await this.#checkHome()
      await ring.pause(PAUSE_MS_MAX * chance.fraction())
    }
    for (const nick of talkers.slice(this.#follows.length)) await this.#follow(nick)
  }

  /** All is quiet, and every member there. */
  async checkAll(): Promise<void> {
    const { board, talkers, world } = this.#parts
    for (let asks = 0; ; asks++) {
      assert(asks < ASKS_MAX, `${this.nick} asks for new dweets without an end`)
      const answer = await this.#ask()
      assert(answer.incomplete.length === 0, `${answer.incomplete.join()} can be read`)
      if (answer.dweets.length === 0) break
      await this.#acknowledge(answer)
    }
    for (const { id } of board.of(talkers)) {
      assert(this.#acknowledged.has(id), `${this.nick} was never shown ${id}`)
    }
    world.tally.add('check: everything new was shown')
    await this.#checkHome()
    await this.#checkMentions()
  }

  async #follow(nick: string): Promise<void> {
    await this.#parts.doors.ask((dweets) => dweets.follow(this.#who, nick, {}))
    this.#follows = [...this.#follows, nick]
  }

  /**
   * Unseen ones are told the oldest first, seen ones the newest first; none that was acknowledged.
   */
  async #ask(): Promise<NewDweets> {
    const answer = await this.#parts.doors.ask((dweets) => dweets.fresh(this.#who, LIMIT))
    const ids = answer.dweets.map(({ id }) => id)
    for (const id of ids) assert(!this.#acknowledged.has(id), `${id} is shown again`)
    const inOrder = ids.toSorted((a, b) => compareIds(a, b) * (answer.unseen > 0 ? 1 : -1))
    assert(ids.join() === inOrder.join(), `${ids.join()} are new, in this order`)
    this.#parts.world.tally.add('check: what is new is in order, and not shown before')
    return answer
  }

  async #acknowledge({ dweets: shown, token }: NewDweets): Promise<void> {
    await this.#parts.doors.ask((dweets) => dweets.acknowledge(this.#who, token))
    for (const { id } of shown) this.#acknowledged.add(id)
  }

  /** What stood there when paging began, and stands there still, comes once. */
  async #checkHome(): Promise<void> {
    const { board, world } = this.#parts
    const before = board.of(this.#follows)
    const { items, wasWhole } = await allPages(this.#parts, (dweets, page) =>
      dweets.home(this.#who, page),
    )
    const ids = items.filter(({ kind }) => kind === 'dweet').map(({ id }) => id)
    const found = new Set(ids)
    assert(found.size === ids.length, `home shows some twice: ${ids.join()}`)
    for (const { id } of before) {
      assert(found.has(id) || board.get(id) === undefined, `home lacks ${id}`)
    }
    const inOrder = ids.toSorted((a, b) => compareIds(b, a))
    assert(!wasWhole || ids.join() === inOrder.join(), `home shows ${ids.join()}`)
    world.tally.add('check: home has each dweet once')
  }

  async #checkMentions(): Promise<void> {
    const { board, doors, world } = this.#parts
    const told: string[] = []
    let cursor: string | undefined
    do {
      const page = { limit: LIMIT, ...(cursor !== undefined && { cursor }) }
      const notes = await doors.ask((dweets) => dweets.notifications(this.#who, page))
      for (const { dweet, kind } of notes.items) {
        if (kind === 'mention' && dweet !== undefined) told.push(dweet.id)
      }
      cursor = notes.cursor
    } while (cursor !== undefined)
    const wanted = board.all().filter(({ mentions }) => mentions.includes(this.nick))
    const ids = wanted.map(({ id }) => id)
    assert(told.toSorted().join() === ids.toSorted().join(), `${this.nick} is told ${told.join()}`)
    world.tally.add('check: who is named is told once')
  }
}
