/**
 * Somebody who shares a folder with a person, a group, everyone, and with nobody any more, by
 * grants and by public links. From the answer on nobody sees what is not given, at no member, and
 * a link that was revoked opens nothing.
 */
import { assert } from '../../src/base/assert.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import { pick, type SeededChance } from '../../src/base/random.ts'
import type { Effects } from '../../src/effects/effects.ts'
import type { RunningMember } from '../../src/node/member-parts.ts'
import { RingLinks } from '../../src/services/files/links/ring-links.ts'
import type { FileUser, Grants } from '../../src/services/files/types.ts'
import type { CrawlingRing } from '../crawls/ring.ts'
import type { World } from '../world/world.ts'
import { FilesAsker, personOf } from './asker.ts'

const OWNER = personOf('sharer')
const FRIEND = personOf('friend')
const COLLEAGUE = personOf('colleague', ['lab'])
const STRANGER = personOf('stranger')
const OTHERS = [FRIEND, COLLEAGUE, STRANGER]

const FOLDER = ['', 'home', 'sharer', 'given'].join('/')
const INNER = `${FOLDER}/inner`
const OWN = {
  people: { sharer: 'own' },
  groups: {},
  everyone: 'nothing',
  guests: 'nothing',
} as const

interface Said {
  readonly grants: Grants | undefined
  readonly seenBy: readonly FileUser[]
}

const SAID: readonly Said[] = [
  { grants: undefined, seenBy: [] },
  { grants: OWN, seenBy: [] },
  { grants: { ...OWN, people: { sharer: 'own', friend: 'read' } }, seenBy: [FRIEND] },
  { grants: { ...OWN, groups: { lab: 'read' } }, seenBy: [COLLEAGUE] },
  { grants: { ...OWN, everyone: 'read' }, seenBy: OTHERS },
]

const LOOKS = 3
const PAUSE_MS_MAX = SECOND_MS

export interface SharerParts {
  readonly ring: CrawlingRing
  readonly world: World
  readonly chance: SeededChance
}

export class Sharer {
  readonly #parts: SharerParts
  readonly #asker: FilesAsker
  /** Tokens that opened something, and must not any more. */
  readonly #revoked: string[] = []
  #links = 0

  constructor(parts: SharerParts) {
    this.#parts = parts
    this.#asker = new FilesAsker(parts.ring)
  }

  async live(untilMs: number): Promise<void> {
    const { chance, ring, world } = this.#parts
    await this.#asker.doWithFiles((files) => files.makeFolder(OWNER, FOLDER))
    await this.#asker.doWithFiles((files) => files.makeFolder(OWNER, INNER))
    while (world.nowMs < untilMs) {
      await (chance.below(2) === 0 ? this.#share() : this.#link())
      if (this.#revoked.length > 0) await this.#staysShut(pick(chance, this.#revoked))
      await ring.pause(PAUSE_MS_MAX * chance.fraction())
    }
  }

  async checkAll(): Promise<void> {
    for (const token of this.#revoked) await this.#staysShut(token)
  }

  async #share(): Promise<void> {
    const { chance, world } = this.#parts
    const { grants, seenBy } = pick(chance, SAID)
    await this.#asker.doWithFiles((files) => files.setGrants(OWNER, FOLDER, grants))
    for (let look = 0; look < LOOKS; look++) {
      const who = pick(chance, OTHERS)
      const isSeen = (await this.#asker.entry(who, INNER)) !== undefined
      const may = seenBy.includes(who)
      assert(
        isSeen === may,
        `${String(who.nick)} ${isSeen ? 'sees' : 'does not see'} what is in the folder`,
      )
      world.tally.add(may ? 'check: who may see does' : 'check: who may not see does not')
    }
  }

  async #link(): Promise<void> {
    const { world } = this.#parts
    const key = sha256Hex(`link ${this.#links++}`)
    const retry = { key, request: key }
    const { id, token } = await this.#asker.ask((...at) =>
      linksOf(...at).make(OWNER, { path: INNER }, { retry }),
    )
    assert(await this.#opens(token), 'a link opens what it was made for')
    world.tally.add('check: a link opens')
    await this.#asker.do((...at) => linksOf(...at).revoke(OWNER, id))
    this.#revoked.push(token)
    await this.#staysShut(token)
  }

  async #staysShut(token: string): Promise<void> {
    assert(!(await this.#opens(token)), 'a link opens that was revoked')
    this.#parts.world.tally.add('check: a link that was revoked opens nothing')
  }

  #opens(token: string): Promise<boolean> {
    return this.#asker.ask(async (...at) => {
      try {
        const { entry } = await linksOf(...at).open(token)
        return entry.path === INNER
      } catch (thrown) {
        if (isAnilloError(thrown, 'LINK_UNKNOWN')) return false
        throw thrown
      }
    })
  }
}

/** As a member's door has them. None of these has a password. */
function linksOf({ files, store }: RunningMember, effects: Effects): RingLinks {
  const noPassword = (): never => assert(false, 'no link has a password') as never
  return new RingLinks({
    effects,
    files,
    store: store.records,
    passwords: { hash: noPassword, isRight: noPassword },
    userOf: async (nick) => personOf(nick),
  })
}
