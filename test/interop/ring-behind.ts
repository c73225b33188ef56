/** The tree of a real ring as its administrator sees it, over HTTP. */
import assert from 'node:assert/strict'

import { sha256Hex } from '../../src/base/hash.ts'
import type { AnilloClient } from '../../src/client/client.ts'
import { fileAddress } from '../../src/client/file-address.ts'
import type { RealRing } from '../process/ring.ts'
import type { Behind } from './ftp-trial.ts'

export class RingBehind implements Behind {
  readonly #ring: RealRing
  readonly #client: AnilloClient

  constructor(ring: RealRing) {
    this.#ring = ring
    this.#client = ring.client(0, 1)
  }

  /** An account of a person. */
  static async register(ring: RealRing, nick: string, password: string): Promise<void> {
    const answer = await fetch(`${ring.door(0)}/v1/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ nick, name: nick, password }),
    })
    assert.ok(answer.ok, `${answer.status} ${await answer.text()}`)
  }

  find(path: string): ReturnType<Behind['find']> {
    return this.#client.files.find(path)
  }

  async names(folder: string): Promise<readonly string[]> {
    const names: string[] = []
    for await (const { name } of this.#client.files.list(folder)) names.push(name)
    return names
  }

  makeFolder(path: string): Promise<unknown> {
    return this.#client.files.makeFolder(path)
  }

  put(path: string, bytes: Uint8Array): Promise<unknown> {
    return this.#client.files.uploads.put(path, {
      bytes: bytes.length,
      sha256: async () => sha256Hex(bytes),
      async *open(from) {
        yield bytes.subarray(from)
      },
    })
  }

  async touch(path: string, modifiedMs: number): Promise<void> {
    const answer = await this.#ring.fetch(`${this.#ring.door(0)}${fileAddress(path)}?op=touch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ modifiedAt: new Date(modifiedMs).toISOString() }),
    })
    assert.ok(answer.ok, await answer.text())
  }

  rename(from: string, to: string): Promise<unknown> {
    return this.#client.files.move(from, to)
  }

  remove(path: string): Promise<unknown> {
    return this.#client.files.remove(path)
  }
}
