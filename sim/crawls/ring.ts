/** Whole members that crawl, asked as a person would who knows no better than to try again. */
import { assert, present } from '../../src/base/assert.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import type { Position } from '../../src/base/ids.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import type { Effects } from '../../src/effects/effects.ts'
import { allOf, listed, type After } from '../../src/effects/listed.ts'
import type { RunningMember } from '../../src/node/member-parts.ts'
import type { Crawls } from '../../src/services/scrape/crawl/crawls.ts'
import type { Crawl, CrawlUrl } from '../../src/wire/api-crawls.ts'
import { enrolAll, memberProgram } from '../members/enrolled.ts'
import { isIdeal } from '../members/ideal.ts'
import type { Machine } from '../world/machine.ts'
import type { World } from '../world/world.ts'

const IDEAL_WITHIN_MS = MINUTE_MS
const ASKED_WITHIN_MS = MINUTE_MS
const OVER_WITHIN_MS = 10 * MINUTE_MS
const WHOLE_WITHIN_MS = 5 * MINUTE_MS
const LOOK_EVERY_MS = SECOND_MS

interface Living {
  readonly member: RunningMember
  readonly effects: Effects
  readonly life: number
}

export class CrawlingRing {
  readonly machines: readonly Machine[]
  readonly #world: World
  /** Each with the life of its machine that it is of. */
  readonly #members = new Map<Machine, Living>()
  readonly #present: Machine[] = []
  #enrolled: Promise<void> | undefined

  constructor(world: World, members: number) {
    this.#world = world
    this.machines = Array.from({ length: members }, () => world.machine())
  }

  /** So many more. */
  async start(count: number): Promise<void> {
    this.#enrolled ??= enrolAll(this.#world, this.machines)
    await this.#enrolled
    for (const machine of this.machines.slice(this.#present.length).slice(0, count)) {
      let hasBegun = this.#present.length > 0
      const begins = (): boolean => !hasBegun
      const started = (member: RunningMember, effects: Effects): void => {
        hasBegun = true
        this.#members.set(machine, { member, effects, life: machine.lives })
      }
      await this.#world.start(machine, memberProgram({ machine, begins, started }))
      this.#present.push(machine)
      await this.becomeIdeal()
    }
  }

  async becomeIdeal(): Promise<void> {
    const isWhole = (): boolean =>
      this.#present.every((machine) => this.#memberOf(machine) !== undefined) &&
      isIdeal(this.#present, (machine) => present(this.#memberOf(machine), 'member').overlay)
    await this.#world.until(isWhole, 'the ring is ideal', IDEAL_WITHIN_MS)
  }

  /** Every group has the voters that it ought to have, as far as any member knows. */
  async becomeWhole(): Promise<void> {
    const untilMs = this.#world.nowMs + WHOLE_WITHIN_MS
    for (let notWhole = 1; notWhole > 0; await this.#world.pass(LOOK_EVERY_MS)) {
      assert(this.#world.nowMs < untilMs, 'all groups have their voters')
      notWhole = 0
      for (const machine of this.#present) {
        const member = present(this.#memberOf(machine), 'member')
        await this.#world.settle(member.store.router.look(), 'a look', ASKED_WITHIN_MS)
        notWhole += member.groupsNotWhole()
      }
    }
  }

  ask<T>(question: (crawls: Crawls) => Promise<T>): Promise<T> {
    return this.askMember(({ crawls }) => question(crawls))
  }

  /**
   * `undefined`: its machine is down, or starts; what is left of the life before answers nobody.
   */
  #livingAt(machine: Machine): Living | undefined {
    const living = this.#members.get(machine)
    return machine.isRunning && living?.life === machine.lives ? living : undefined
  }

  #memberOf(machine: Machine): RunningMember | undefined {
    return this.#livingAt(machine)?.member
  }

  /** At a member by chance, again until it answers. */
  async askMember<T>(question: (member: RunningMember) => Promise<T>): Promise<T> {
    const untilMs = this.#world.nowMs + ASKED_WITHIN_MS
    for (;;) {
      const machine = present(this.#present[this.#world.chance.below(this.#present.length)], 'one')
      const member = this.#memberOf(machine)
      if (member === undefined) {
        await this.#world.pass(LOOK_EVERY_MS)
        continue
      }
      try {
        return await this.#world.settle(question(member), machine.name, ASKED_WITHIN_MS)
      } catch (thrown) {
        if (!isAnilloError(thrown) || this.#world.nowMs > untilMs) throw thrown
        await this.#world.pass(LOOK_EVERY_MS)
      }
    }
  }

  /**
   * As `askMember`, of many who ask at once while somebody else lets time pass. Who asked a member
   * waits until it answers, or dies.
   */
  async askBeside<T>(
    question: (member: RunningMember, effects: Effects) => Promise<T>,
  ): Promise<T> {
    const untilMs = this.#world.nowMs + ASKED_WITHIN_MS
    for (;;) {
      const machine = present(this.#present[this.#world.chance.below(this.#present.length)], 'one')
      const living = this.#livingAt(machine)
      if (living !== undefined) {
        const { effects, member } = living
        const answered = question(member, effects).then(
          (value) => ({ value }),
          (thrown: unknown) => ({ thrown }),
        )
        const told = await Promise.race([answered, this.#deathOf(machine, member)])
        if (told !== undefined && 'value' in told) return told.value
        if (told !== undefined && !isAnilloError(told.thrown)) throw told.thrown
        if (told !== undefined && this.#world.nowMs > untilMs) throw told.thrown
      }
      await this.pause(LOOK_EVERY_MS)
    }
  }

  pause(forMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#world.scheduler.after(forMs, 'a person waits', resolve)
    })
  }

  async #deathOf(machine: Machine, member: RunningMember): Promise<undefined> {
    while (this.#memberOf(machine) === member) await this.pause(LOOK_EVERY_MS)
  }

  /** Who takes itself for the owner of the place, among those that run. */
  ownersOf(position: Position): readonly Machine[] {
    return this.#present.filter((machine) => {
      const overlay = this.#memberOf(machine)?.overlay
      return overlay !== undefined && overlay.joined && overlay.owns(position)
    })
  }

  async over(id: string): Promise<Crawl> {
    const untilMs = this.#world.nowMs + OVER_WITHIN_MS
    for (;;) {
      const crawl = present(await this.ask((crawls) => crawls.get(id)), 'crawl')
      if (crawl.state !== 'running') return crawl
      const { done, queued } = crawl.counts
      assert(this.#world.nowMs < untilMs, `the crawl does not end: ${done} of ${queued} are done`)
      await this.#world.pass(LOOK_EVERY_MS)
    }
  }

  async urls(id: string): Promise<readonly CrawlUrl[]> {
    const part = (after: After) => this.ask((crawls) => crawls.urls(id, { limit: 500, ...after }))
    return allOf(listed(part))
  }
}
