/** Virtual sites that a crawl is sent to, with all that they saw of it. */
import { assert, present } from '../../src/base/assert.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import type { SeededChance } from '../../src/base/random.ts'
import type { Machine } from '../world/machine.ts'
import type { SiteVisit } from '../world/sites.ts'
import type { World } from '../world/world.ts'

/** The last two are served by one machine. */
const HOSTS: readonly (readonly [name: string, address: string])[] = [
  ['docs.example', '93.184.215.14'],
  ['api.docs.example', '93.184.215.15'],
  ['old.docs.example', '93.184.215.16'],
  ['new.docs.example', '93.184.215.16'],
]
const PAGES_MIN = 150
const PAGES_SPREAD = 80
const ANSWER_MS_MAX = 400
/** Between two looks at who lives. */
const WATCH_EVERY_MS = 50
const HTML = [['Content-Type', 'text/html; charset=utf-8']] as const

interface Trouble {
  readonly machine: string
  readonly fromMs: number
  toMs: number
}

export class CrawledSites {
  readonly urls: readonly string[]
  readonly #world: World
  readonly #machines: readonly Machine[]
  /** When which machine was down or hung. */
  readonly #troubles: Trouble[] = []

  constructor(world: World, machines: readonly Machine[]) {
    this.#world = world
    this.#machines = machines
    const { sites } = world
    const chance = world.chance.fork()
    for (const [host, address] of HOSTS) sites.name(host, address)
    const count = PAGES_MIN + chance.below(PAGES_SPREAD)
    this.urls = Array.from({ length: count }, (_, number) => {
      const [host] = present(
        HOSTS[number < HOSTS.length ? number : chance.below(HOSTS.length)],
        'host',
      )
      return `http://${host}/${number}`
    })
    for (const [number, url] of this.urls.entries()) this.#open(url, { number, chance })
    this.#watch()
  }

  get seed(): string {
    return present(this.urls[0], 'seed')
  }

  /** Of pages, from then on, in order. */
  visits(fromMs = 0): readonly SiteVisit[] {
    const known = new Set(this.urls)
    return this.#world.sites.visits.filter(({ atMs, url }) => atMs >= fromMs && known.has(url))
  }

  /** Each is downloaded once, but for what those who died or hung had begun. */
  checkOnce(visits: readonly SiteVisit[]): number {
    let twice = 0
    for (const [url, times] of Map.groupBy(visits, (visit) => visit.url)) {
      for (const [at, visit] of times.entries()) {
        const next = times[at + 1]
        if (next === undefined) continue
        twice++
        const isExcused = this.#wasTroubled(visit.from, visit.atMs, next.atMs)
        const both = [visit, next].map(({ atMs, from }) => `${from} at ${Math.round(atMs)} ms`)
        assert(isExcused, `${url} was downloaded twice: ${both.join(', ')}`)
      }
    }
    this.#world.tally.add('check: downloaded once')
    return twice
  }

  /** In no second are more requests for a host than its rate, but for one that was on its way. */
  checkRate(delayMs: number): void {
    const most = SECOND_MS / delayMs + 1
    const all = this.#world.sites.visits
    for (const [host, visits] of Map.groupBy(all, ({ url }) => new URL(url).host)) {
      for (const [at, { atMs }] of visits.entries()) {
        const later = visits.slice(at).findIndex((visit) => visit.atMs >= atMs + SECOND_MS)
        const count = later < 0 ? visits.length - at : later
        assert(count <= most, `${host} was asked ${count} times in the second from ${atMs}`)
      }
    }
    this.#world.tally.add('check: rate of a host')
  }

  #open(
    url: string,
    { chance, number }: { readonly number: number; readonly chance: SeededChance },
  ): void {
    const { length } = this.urls
    const links = [2 * number + 1, 2 * number + 2, 0, (7 * number) % length, (13 * number) % length]
    const inside = links.flatMap((to) => this.urls[to] ?? [])
    const html = `<title>${number}</title>${inside.map((to) => `<a href="${to}">x</a>`).join('')}`
    const delayMs = chance.below(ANSWER_MS_MAX)
    this.#world.sites.page(url, { body: Buffer.from(html), delayMs, headers: HTML })
  }

  #wasTroubled(life: string, fromMs: number, toMs: number): boolean {
    const name = life.split('.', 1)[0]
    return this.#troubles.some(
      (one) => one.machine === name && one.fromMs <= toMs && one.toMs >= fromMs,
    )
  }

  #watch(): void {
    const { nowMs, scheduler } = this.#world
    for (const { isPaused, isRunning, name } of this.#machines) {
      if (isRunning && !isPaused) continue
      const last = this.#troubles.findLast(({ machine }) => machine === name)
      const isSame = last !== undefined && last.toMs >= nowMs - 2 * WATCH_EVERY_MS
      if (isSame) last.toMs = nowMs
      else this.#troubles.push({ machine: name, fromMs: nowMs - WATCH_EVERY_MS, toMs: nowMs })
    }
    scheduler.after(WATCH_EVERY_MS, 'watch', () => this.#watch())
  }
}
