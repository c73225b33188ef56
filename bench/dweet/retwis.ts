/**
 * The Retwis load: people follow others by a Zipf law, publish and look at what is new, in the mix
 * of TAPIR (SOSP 2015, section 6.1). Closed loop; the same choices for every system.
 */
import { SeededChance } from '../../src/base/random.ts'
import { usageOf } from '../store/usage.ts'
import type { Mix } from './options.ts'
import { quantile } from './quantile.ts'
import type { Microblog, RunningMicroblog } from './system.ts'

const SEED = 7
/** Whom somebody follows, on average, at the start. */
const DEGREE = 15
const ZIPF_EXPONENT = 0.75
const SETUP_AT_ONCE = 32
const PAGE = 20
const WARM_UP_MS = 3_000
const TEXT =
  'a dweet of the ordinary length, which is about ninety characters for most people, give or take.'

export interface RetwisLoad {
  readonly users: number
  readonly clients: number
  readonly seconds: number
  readonly mix: Mix
}

export interface RetwisResult {
  readonly opsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly postP99Ms: number
  readonly timelineP99Ms: number
  readonly cpuMicrosPerOp: number
  readonly rowsPerTimeline: number
  readonly failed: number
  /** The first failure, as it was told. */
  readonly problem: string | undefined
}

export async function retwis(system: RunningMicroblog, load: RetwisLoad): Promise<RetwisResult> {
  const people = new People(load.users)
  await setUp(system.blog, people)
  const run = new Run(system.blog, people, load.mix)
  const clients = Array.from({ length: load.clients }, () => run.client())
  await Promise.race([after(WARM_UP_MS), ...clients])
  const pids = await system.pids()
  const before = await usageOf(pids)
  run.record()
  const fromMs = performance.now()
  await Promise.race([after(load.seconds * 1_000), ...clients])
  const seconds = (performance.now() - fromMs) / 1_000
  const cpuSeconds = (await usageOf(pids)).cpuSeconds - before.cpuSeconds
  run.stop()
  await Promise.all(clients)
  return run.result(seconds, cpuSeconds)
}

class People {
  readonly count: number
  readonly chance = new SeededChance(SEED)
  readonly #sums: readonly number[]

  constructor(count: number) {
    this.count = count
    let sum = 0
    this.#sums = Array.from({ length: count }, (_, i) => (sum += 1 / (i + 1) ** ZIPF_EXPONENT))
  }

  any(): number {
    return this.chance.below(this.count)
  }

  /** The first are the ones most followed. */
  popular(): number {
    const at = this.chance.fraction() * (this.#sums.at(-1) ?? 0)
    let [low, high] = [0, this.count - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#sums[middle] ?? 0) < at) low = middle + 1
      else high = middle
    }
    return low
  }
}

function nickOf(person: number): string {
  return `u${person}`
}

async function setUp(blog: Microblog, people: People): Promise<void> {
  const everyone = Array.from({ length: people.count }, (_, i) => i)
  await forEach(everyone, (i) => blog.register(nickOf(i)))
  const follows = everyone.flatMap((from) => {
    const others = new Set(Array.from({ length: DEGREE }, () => people.popular()))
    return [...others].filter((to) => to !== from).map((to) => [from, to] as const)
  })
  await forEach(follows, ([from, to]) => blog.follow(nickOf(from), nickOf(to)))
  await forEach(everyone, (i) => blog.post(nickOf(i), `first words of ${nickOf(i)}`))
}

async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: SETUP_AT_ONCE }, worker))
}

type Kind = 'register' | 'follow' | 'post' | 'timeline'

class Run {
  readonly #blog: Microblog
  readonly #people: People
  readonly #mix: Mix
  readonly #tookMs: Record<Kind, number[]> = { register: [], follow: [], post: [], timeline: [] }
  #newcomers: number
  #posts = 0
  #rows = 0
  #failed = 0
  #problem: string | undefined
  #isRecording = false
  #isStopped = false

  constructor(blog: Microblog, people: People, mix: Mix) {
    this.#blog = blog
    this.#people = people
    this.#mix = mix
    this.#newcomers = people.count
  }

  record(): void {
    this.#isRecording = true
  }

  stop(): void {
    this.#isRecording = false
    this.#isStopped = true
  }

  async client(): Promise<void> {
    while (!this.#isStopped) {
      const fromMs = performance.now()
      const kind = this.#next()
      try {
        await this.#do(kind)
        if (this.#isRecording) this.#tookMs[kind].push(performance.now() - fromMs)
      } catch (thrown) {
        this.#problem ??= String(thrown)
        this.#failed++
      }
    }
  }

  #next(): Kind {
    const { follow, post, register } = this.#mix
    const dice = this.#people.chance.fraction() * 100
    if (dice < register) return 'register'
    if (dice < register + follow) return 'follow'
    return dice < register + follow + post ? 'post' : 'timeline'
  }

  async #do(kind: Kind): Promise<void> {
    const people = this.#people
    if (kind === 'register') return this.#blog.register(nickOf(this.#newcomers++))
    if (kind === 'post') {
      return this.#blog.post(nickOf(people.popular()), `${++this.#posts} ${TEXT}`)
    }
    const who = people.any()
    if (kind === 'follow') {
      const whom = people.popular()
      return this.#blog.follow(nickOf(who), nickOf(whom === who ? (whom + 1) % people.count : whom))
    }
    const rows = await this.#blog.timeline(nickOf(who), PAGE)
    if (this.#isRecording) this.#rows += rows
  }

  result(seconds: number, cpuSeconds: number): RetwisResult {
    const all = Object.values(this.#tookMs).flat()
    return {
      opsPerSecond: all.length / seconds,
      p50Ms: quantile(all, 0.5),
      p99Ms: quantile(all, 0.99),
      postP99Ms: quantile(this.#tookMs.post, 0.99),
      timelineP99Ms: quantile(this.#tookMs.timeline, 0.99),
      cpuMicrosPerOp: (cpuSeconds * 1e6) / all.length,
      rowsPerTimeline: this.#rows / this.#tookMs.timeline.length,
      failed: this.#failed,
      problem: this.#problem,
    }
  }
}

function after(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}
