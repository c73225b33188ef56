/**
 * Linearizable reads of rows that every request needs. Who asks for one row at once shares a read:
 * one is under way, one waits. Who comes while one is under way takes the next, never one that
 * began before they came.
 */
import type { RecordKey, StoredRecord } from './partition/procedure.ts'

export type ReadRow = (key: RecordKey) => Promise<StoredRecord | undefined>

interface Flight {
  /** Of those who came since it began. */
  next: PromiseWithResolvers<StoredRecord | undefined> | undefined
}

export class SharedReads {
  readonly #read: ReadRow
  readonly #flights = new Map<string, Flight>()

  constructor(read: ReadRow) {
    this.#read = read
  }

  get(key: RecordKey): Promise<StoredRecord | undefined> {
    const name = `${key.table} ${key.pk} ${key.sk}`
    const flight = this.#flights.get(name)
    if (flight === undefined) return this.#begin(name, key)
    flight.next ??= Promise.withResolvers()
    return flight.next.promise
  }

  async #begin(name: string, key: RecordKey): Promise<StoredRecord | undefined> {
    const flight: Flight = { next: undefined }
    this.#flights.set(name, flight)
    try {
      return await this.#read(key)
    } finally {
      if (flight.next === undefined) this.#flights.delete(name)
      else this.#begin(name, key).then(flight.next.resolve, flight.next.reject)
    }
  }
}
