/** One value that views watch. */
import { useEffect, useState } from 'preact/hooks'

export class Cell<T> {
  #value: T
  readonly #watchers = new Set<() => void>()

  constructor(value: T) {
    this.#value = value
  }

  get(): T {
    return this.#value
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return
    this.#value = value
    for (const watcher of this.#watchers) watcher()
  }

  update(change: (value: T) => T): void {
    this.set(change(this.#value))
  }

  /** @returns how to stop */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => {
      this.#watchers.delete(watcher)
    }
  }
}

/** The value, drawn again when it changes. */
export function useCell<T>(cell: Cell<T>): T {
  const [value, setValue] = useState(() => cell.get())
  useEffect(() => {
    setValue(() => cell.get())
    return cell.watch(() => setValue(() => cell.get()))
  }, [cell])
  return value
}
