/** What is to come in a simulated world, by time and then by the order in which it was planned. */

export interface Planned {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

/** A binary heap. */
export class Agenda {
  readonly #heap: Planned[] = []

  add(planned: Planned): void {
    const heap = this.#heap
    let at = heap.length
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || !isBefore(planned, parent)) break
      heap[at] = parent
      at = above
    }
    heap[at] = planned
  }

  takeFirst(): Planned | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (last !== undefined && heap.length > 0) this.#sink(last)
    return first
  }

  #sink(planned: Planned): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      const [left, right] = [heap[below], heap[below + 1]]
      if (left === undefined) break
      if (right !== undefined && isBefore(right, left)) below++
      const child = heap[below]
      if (child === undefined || !isBefore(child, planned)) break
      heap[at] = child
      at = below
    }
    heap[at] = planned
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs
}
