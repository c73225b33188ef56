/**
 * Somebody whose program sends each change again, under its key, until it is answered, and often
 * once more after that: each is done once, and told alike.
 */
import { assert, present } from '../../src/base/assert.ts'
import { ERRORS, isAnilloError } from '../../src/base/errors.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import { pick, type SeededChance } from '../../src/base/random.ts'
import type { RunningMember } from '../../src/node/member-parts.ts'
import type { ToldAnswer } from '../../src/services/files/repeats/types.ts'
import type { Entry, Files, Once } from '../../src/services/files/types.ts'
import type { CrawlingRing } from '../crawls/ring.ts'
import type { World } from '../world/world.ts'
import { FilesAsker, personOf } from './asker.ts'

const NICK = 'rex'
const LINE = new TextEncoder().encode('a line of a log\n')
const PAUSE_MS_MAX = SECOND_MS / 4
/** Its program is impatient: so many members are asked at once. */
const ASKED_AT_ONCE_MAX = 3

export interface RepeaterParts {
  readonly ring: CrawlingRing
  readonly world: World
  readonly chance: SeededChance
}

interface Change {
  readonly carryOut: (files: Files, once: Once) => Promise<Entry | void>
  /** Whoever asked is told nothing of what was changed. */
  readonly isSilent?: true
}

export class Repeater {
  readonly #who = personOf(NICK)
  readonly #parts: RepeaterParts
  readonly #asker: FilesAsker
  #changes = 0
  /** In the home, beside the log and the two rooms. */
  readonly #made = new Set<string>()
  #lines = 0
  #room = 0

  constructor(parts: RepeaterParts) {
    this.#parts = parts
    this.#asker = new FilesAsker(parts.ring)
  }

  async live(untilMs: number): Promise<void> {
    const { chance, ring, world } = this.#parts
    for (const name of [...ROOMS, `${ROOMS[0]}/box`]) {
      await this.#once({
        carryOut: (files, once) => files.makeFolder(this.#who, at(name), { once }),
      })
    }
    await this.#append()
    while (world.nowMs < untilMs) {
      const acts = [this.#make, this.#copy, this.#append, this.#move, this.#away, this.#back]
      await pick(chance, acts).call(this)
      await ring.pause(PAUSE_MS_MAX * chance.fraction())
    }
  }

  async checkAll(): Promise<void> {
    const { entries } = await this.#asker.files((files) => files.list(this.#who, at()))
    const names = entries.map(({ name }) => name).join()
    const wanted = [...this.#made, ...ROOMS, 'log'].toSorted().join()
    assert(names === wanted, `there is ${names}, and ought to be ${wanted}`)
    const { bytes } = await this.#asker.files((files) => files.stat(this.#who, at('log')))
    assert(bytes === this.#lines * LINE.length, `the log has ${bytes} bytes`)
  }

  async #make(): Promise<void> {
    const name = this.#name('made')
    await this.#once({
      carryOut: (files, once) => files.makeFolder(this.#who, at(name), { once }),
    })
    this.#made.add(name)
  }

  async #copy(): Promise<void> {
    const name = this.#name('copy')
    await this.#once({
      carryOut: (files, once) => files.copy(this.#who, at('log'), at(name), { once }),
    })
    this.#made.add(name)
  }

  async #append(): Promise<void> {
    await this.#once({
      carryOut: async (files, once) => {
        const upload = await files.write(this.#who, at('log'), { how: 'append' })
        await upload.push(LINE)
        return upload.commit({ once })
      },
    })
    this.#lines++
  }

  async #move(): Promise<void> {
    const [from, to] = [this.#room, 1 - this.#room].map((room) => at(`${ROOMS[room] ?? ''}/box`))
    const paths = { from: present(from, 'room'), to: present(to, 'room') }
    await this.#once({
      carryOut: (files, once) => files.move(this.#who, paths.from, paths.to, { once }),
    })
    this.#room = 1 - this.#room
  }

  async #away(): Promise<void> {
    const [name] = this.#made
    if (name === undefined) return
    await this.#remove(name)
    this.#made.delete(name)
  }

  /** Twice it would come to lie beside itself. */
  async #back(): Promise<void> {
    const { id } = await this.#asker.files((files) => files.stat(this.#who, at('log')))
    await this.#remove('log')
    await this.#once({ carryOut: (files, once) => files.restore(this.#who, id, { once }) })
  }

  #remove(name: string): Promise<void> {
    return this.#once({
      carryOut: (files, once) => files.remove(this.#who, at(name), { once }),
      isSilent: true,
    })
  }

  #name(kind: string): string {
    return `${kind} ${String(this.#changes).padStart(4, '0')}`
  }

  async #once(change: Change): Promise<void> {
    const { chance, world } = this.#parts
    const key = sha256Hex(`${NICK} ${++this.#changes}`)
    const isAgain = chance.below(2) === 0
    const length = 1 + chance.below(ASKED_AT_ONCE_MAX)
    const asks = Array.from({ length }, () => this.#ask(key, change))
    const [first = '', ...others] = await Promise.all(asks)
    if (isAgain) others.push(await this.#ask(key, change))
    for (const other of others) {
      assert(other === first, `${first} at first, then ${other}`)
      world.tally.add('check: a change that comes again is done once')
    }
  }

  /** @returns what was told */
  #ask(key: string, change: Change): Promise<string> {
    const ask = { nick: NICK, retry: { key, request: key } }
    return this.#asker.ask(async ({ files, repeats }: RunningMember) => {
      const work = {
        carryOut: async (once: Once) => told((await change.carryOut(files, once)) ?? undefined),
        recalled: (entry: Entry | undefined) => told(change.isSilent ? undefined : entry),
      }
      try {
        return JSON.stringify((await repeats.run(ask, work)).body)
      } catch (thrown) {
        if (!isAnilloError(thrown) || ERRORS[thrown.code].httpStatus >= 499) throw thrown
        throw new Error(`change ${this.#changes} was refused: ${thrown.message}`, { cause: thrown })
      }
    })
  }
}

const ROOMS = ['a', 'b']

function at(...names: readonly string[]): string {
  return ['', 'home', NICK, ...names].join('/')
}

/** What no later change of it makes another. */
function told(entry: Entry | undefined): ToldAnswer {
  return { status: 200, body: { id: entry?.id ?? '', path: entry?.path ?? '' } }
}
