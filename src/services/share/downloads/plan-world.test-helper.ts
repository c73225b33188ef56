/**
 * A download by its plan in virtual time: sources that are slow, lie, hang, die, or have little.
 */
import { MIB } from '../../../base/limits.ts'
import type { Failure } from '../../../wire/download-states.ts'
import { Bitfield } from './bitfield.ts'
import { DownloadPlan, type Order } from './plan.ts'

export interface WorldSource {
  readonly id: string
  /** Of all that is asked of it at once. */
  readonly bytesPerSecond: number
  readonly delayMs: number
  /** `true`: of all pieces. */
  readonly has: true | readonly number[]
  /** Sends wrong bytes. */
  readonly lies?: boolean
  /** Sends nothing from then on, and does not say so. */
  readonly hangsAtMs?: number
  /** Breaks off, and refuses from then on. */
  readonly diesAtMs?: number
}

export interface WorldEnd {
  readonly isDone: boolean
  readonly tookMs: number
  /** Bytes that came, by source, what was thrown away among them. */
  readonly came: ReadonlyMap<string, number>
  readonly asked: readonly Order[]
  readonly inMemory: number
  /** Pieces that were asked of a source after it had lied. */
  readonly askedAfterLie: number
  readonly plan: DownloadPlan
}

const STEP_MS = 20
const IN_MEMORY_MAX = 32

interface Flight {
  readonly source: WorldSource
  readonly index: number
  readonly sinceMs: number
  bytes: number
}

export class PlanWorld {
  readonly #sources: readonly WorldSource[]
  readonly #plan: DownloadPlan
  readonly #flights: Flight[] = []
  readonly #came = new Map<string, number>()
  readonly #asked: Order[] = []
  readonly #liars = new Set<string>()
  #nowMs = 0
  #inMemory = 0
  #askedAfterLie = 0

  constructor(pieces: number, sources: readonly WorldSource[], start = 0) {
    this.#sources = sources
    this.#plan = new DownloadPlan({
      bytesOf: () => MIB,
      have: new Bitfield(pieces),
      start,
      silentMs: 4_000,
      inMemoryMax: IN_MEMORY_MAX,
    })
    for (const { has, id } of sources) {
      this.#plan.add(id, 0)
      this.#plan.learned(id, fieldOf(has, pieces))
    }
  }

  run(limitMs: number): WorldEnd {
    while (!this.#plan.isDone && this.#nowMs < limitMs) {
      this.#carryOut(this.#plan.orders(this.#nowMs))
      const held = this.#plan.underWay.length
      this.#inMemory = Math.max(this.#inMemory, held)
      this.#nowMs += STEP_MS
      this.#move()
    }
    return {
      isDone: this.#plan.isDone,
      tookMs: this.#nowMs,
      came: this.#came,
      asked: this.#asked,
      inMemory: this.#inMemory,
      askedAfterLie: this.#askedAfterLie,
      plan: this.#plan,
    }
  }

  #carryOut(orders: readonly Order[]): void {
    for (const order of orders) {
      const { index, kind, source: id } = order
      const at = this.#flights.findIndex((one) => one.source.id === id && one.index === index)
      if (kind === 'cancel') {
        if (at !== -1) this.#flights.splice(at, 1)
        continue
      }
      this.#asked.push(order)
      if (this.#liars.has(id)) this.#askedAfterLie++
      const source = this.#sources.find((one) => one.id === id)
      if (source !== undefined) {
        this.#flights.push({ source, index, sinceMs: this.#nowMs, bytes: 0 })
      }
    }
  }

  #move(): void {
    const flights = [...this.#flights]
    for (const flight of flights) {
      // It was called off meanwhile.
      if (!this.#flights.includes(flight)) continue
      const { index, source } = flight
      if (this.#nowMs >= (source.diesAtMs ?? Infinity)) this.#fail(flight, 'refused')
      else if (this.#nowMs < (source.hangsAtMs ?? Infinity)) {
        if (this.#nowMs - flight.sinceMs < source.delayMs) continue
        const beside = this.#flights.filter((one) => one.source === source).length
        const more = Math.min(
          MIB - flight.bytes,
          Math.ceil((source.bytesPerSecond * STEP_MS) / 1_000 / beside),
        )
        flight.bytes += more
        this.#came.set(source.id, (this.#came.get(source.id) ?? 0) + more)
        this.#plan.progressed(source.id, index, more, this.#nowMs)
        if (flight.bytes === MIB) this.#land(flight)
      }
    }
  }

  #land(flight: Flight): void {
    const { index, source } = flight
    this.#flights.splice(this.#flights.indexOf(flight), 1)
    const isRight = source.lies !== true
    if (!isRight) this.#liars.add(source.id)
    const { isNew, orders } = this.#plan.arrived(source.id, { index, isRight }, this.#nowMs)
    this.#carryOut(orders)
    if (isNew) this.#plan.kept(index)
  }

  #fail(flight: Flight, why: Failure): void {
    this.#flights.splice(this.#flights.indexOf(flight), 1)
    this.#carryOut(this.#plan.failed(flight.source.id, flight.index, why, this.#nowMs))
  }
}

function fieldOf(has: true | readonly number[], pieces: number): Bitfield {
  if (has === true) return Bitfield.full(pieces)
  const field = new Bitfield(pieces)
  for (const index of has) field.add(index)
  return field
}
