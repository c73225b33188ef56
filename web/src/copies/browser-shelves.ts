/** Shelves as databases of the browser (IndexedDB), one for each owner. */
import type { SealedCopy, Shelf, Shelves } from './shelf.ts'

const PREFIX = 'anillo-copies-'
const VERSION = 1
const ABOUTS = 'abouts'
const BODIES = 'bodies'

export const BROWSER_SHELVES: Shelves = {
  async owners() {
    const databases = await indexedDB.databases()
    return databases.flatMap(({ name = '' }) =>
      name.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [],
    )
  },

  async open(owner, onGone) {
    const request = indexedDB.open(PREFIX + owner, VERSION)
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ABOUTS)
      request.result.createObjectStore(BODIES)
    }
    const database = await ended(request)
    // Who deletes it waits until every window has let go.
    database.onversionchange = () => {
      database.close()
      onGone()
    }
    database.onclose = onGone
    return new BrowserShelf(database)
  },

  async drop(owner) {
    await ended(indexedDB.deleteDatabase(PREFIX + owner))
  },
}

class BrowserShelf implements Shelf {
  readonly #database: IDBDatabase

  constructor(database: IDBDatabase) {
    this.#database = database
  }

  async abouts() {
    const store = this.#database.transaction(ABOUTS).objectStore(ABOUTS)
    const [ids, abouts] = await Promise.all([ended(store.getAllKeys()), ended(store.getAll())])
    return ids.flatMap((id, index) =>
      typeof id === 'string' ? [{ id, about: bytesIn(abouts[index]) }] : [],
    )
  }

  async body(id: string) {
    const store = this.#database.transaction(BODIES).objectStore(BODIES)
    const found: unknown = await ended(store.get(id))
    return found === undefined ? undefined : bytesIn(found)
  }

  put(id: string, { about, body }: SealedCopy): Promise<void> {
    return this.#change((work) => {
      work.objectStore(BODIES).put(body, id)
      work.objectStore(ABOUTS).put(about, id)
    })
  }

  remove(ids: readonly string[]): Promise<void> {
    return this.#change((work) => {
      for (const id of ids) {
        work.objectStore(ABOUTS).delete(id)
        work.objectStore(BODIES).delete(id)
      }
    })
  }

  close(): void {
    this.#database.close()
  }

  #change(change: (work: IDBTransaction) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const work = this.#database.transaction([ABOUTS, BODIES], 'readwrite')
      work.oncomplete = () => resolve()
      // A full disk is told when the transaction ends, and not by its requests.
      work.onabort = () => reject(work.error ?? new DOMException('', 'AbortError'))
      change(work)
    })
  }
}

/** What is none is sealed by nobody, and does not open. */
function bytesIn(value: unknown): Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array ? new Uint8Array(value) : new Uint8Array()
}

function ended<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new DOMException('', 'UnknownError'))
  })
}
