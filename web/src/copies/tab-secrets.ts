/**
 * A guest has no session whose key could be used: a key by chance stays with the tab
 * (`sessionStorage`). A lock tells other tabs that its copies are in use; browsers let go of it
 * when the tab closes, and then anybody deletes them.
 */
import type { GuestSecrets } from './copies.ts'
import { hexOf } from './sealing.ts'

const SECRET_KEY = 'anillo.copies'
const LOCK_PREFIX = 'anillo-copies-'
const SECRET_BYTES = 32
/** A tab that is loaded again holds nothing meanwhile. */
const RELOAD_MS = 3_000
const SECRET = /^[0-9a-f]{64}$/

export class TabSecrets implements GuestSecrets {
  #letGo: (() => void) | undefined

  find(): Uint8Array<ArrayBuffer> | undefined {
    const hex = sessionStorage.getItem(SECRET_KEY)
    return hex !== null && SECRET.test(hex) ? bytesOfHex(hex) : undefined
  }

  make(): Uint8Array<ArrayBuffer> {
    const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES))
    sessionStorage.setItem(SECRET_KEY, hexOf(secret))
    return secret
  }

  forget(): void {
    this.#letGo?.()
    this.#letGo = undefined
    sessionStorage.removeItem(SECRET_KEY)
  }

  hold(owner: string): void {
    this.#letGo?.()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#letGo = resolve
    // A copy of a tab has a copy of its secret: both hold it.
    void navigator.locks.request(LOCK_PREFIX + owner, { mode: 'shared' }, () => promise)
  }

  async held(): Promise<ReadonlySet<string>> {
    const before = await heldNow()
    await new Promise((resolve) => setTimeout(resolve, RELOAD_MS))
    return new Set([...before, ...(await heldNow())])
  }
}

async function heldNow(): Promise<readonly string[]> {
  const { held = [] } = await navigator.locks.query()
  return held.flatMap(({ name = '' }) =>
    name.startsWith(LOCK_PREFIX) ? [name.slice(LOCK_PREFIX.length)] : [],
  )
}

function bytesOfHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))
}
