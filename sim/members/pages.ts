/** The virtual sites of the simulation `members`, and what was asked of them and shown. */
import { assert } from '../../src/base/assert.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { pick, type Chance } from '../../src/base/random.ts'
import type { Scrape } from '../../src/wire/api.ts'
import type { World } from '../world/world.ts'

const SITE_ADDRESS = '93.184.215.14'
const SITE = 'site.example'
const BODY_BYTES_MAX = 200_000
const DELAY_MS_MAX = 3_000

interface Expected {
  readonly hash: string
  readonly bytes: number
}

export class Pages {
  readonly urls: readonly string[]
  readonly #world: World
  readonly #expected = new Map<string, Expected>()
  readonly #completeAtMs = new Map<string, number>()

  constructor(world: World, count: number) {
    this.#world = world
    world.sites.name(SITE, SITE_ADDRESS)
    this.urls = Array.from({ length: count }, (_, index) => this.#openPage(index))
  }

  pick(chance: Chance): string {
    return pick(chance, this.urls)
  }

  /** An asker was shown this. */
  shown(url: string, scrape: Scrape): void {
    this.#world.tally.add(`scrape: ${scrape.state}`)
    if (scrape.state !== 'done') return
    const expected = this.#expected.get(url)
    this.#world.tally.add('check: page is what the site has')
    assert(expected !== undefined && scrape.page !== undefined, `${url} is a page of the site`)
    assert(scrape.page.hash === expected.hash, `${url} has the hash of what was sent`)
    assert(scrape.page.bytes === expected.bytes, `${url} has the size of what was sent`)
    if (!this.#completeAtMs.has(url)) this.#completeAtMs.set(url, this.#world.nowMs)
  }

  /** Downloads of pages that an asker had been shown complete before. */
  get downloadsAnew(): number {
    this.#world.tally.add('check: downloaded once')
    return this.#world.sites.visits.filter(({ url, atMs }) => {
      const completeAtMs = this.#completeAtMs.get(url)
      return completeAtMs !== undefined && atMs > completeAtMs
    }).length
  }

  get complete(): number {
    return this.#completeAtMs.size
  }

  #openPage(index: number): string {
    const { chance, sites } = this.#world
    const url = `http://${SITE}/page/${index}`
    const body = new Uint8Array(1 + chance.below(BODY_BYTES_MAX)).fill(0x61 + (index % 26))
    this.#expected.set(url, { hash: sha256Hex(body), bytes: body.length })
    const delayMs = chance.below(DELAY_MS_MAX)
    sites.page(url, { body, delayMs, headers: [['Content-Type', 'text/plain']] })
    return url
  }
}
