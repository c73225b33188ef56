/** Links over a tree of files and a store in memory; time goes when the test says so. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'

import { utf8 } from '../../../base/bytes.ts'
import { AnilloError, isAnilloError, type ErrorCode } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import { platformRandom } from '../../../platform/random.ts'
import { MemoryStore } from '../../../store/memory-store.test-helper.ts'
import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from '../../../wire/account-texts.ts'
import { MemoryFiles } from '../memory-files.test-helper.ts'
import type { Files, FileUser } from '../types.ts'
import { LINK_PROCEDURES } from './procedures.ts'
import { RingLinks } from './ring-links.ts'
import type { LinkPasswords } from './types.ts'

export const ANA: FileUser = { nick: 'ana', isManager: false, mayWrite: true, groups: [] }
export const BEN: FileUser = { nick: 'ben', isManager: false, mayWrite: true, groups: [] }
export const ADMIN: FileUser = { nick: 'admin', isManager: true, mayWrite: true, groups: [] }
export const HOME = `/${'home'}/ana`
export const FROM = { address: undefined }

/** Passwords that cost nothing; `asked` counts those that were looked at. */
export class PlainPasswords implements LinkPasswords {
  asked = 0
  async hash(password: string): Promise<string> {
    const { length } = Array.from(password)
    if (length < PASSWORD_CHARS_MIN || length > PASSWORD_CHARS_MAX)
      throw new AnilloError('PASSWORD_UNFIT', { min: PASSWORD_CHARS_MIN, max: PASSWORD_CHARS_MAX })
    return `hash of ${password}`
  }
  async isRight({ hash, password }: { password: string; hash: string }): Promise<boolean> {
    this.asked++
    return hash === `hash of ${password}`
  }
}

export class LinkWorld {
  readonly store = new MemoryStore(LINK_PROCEDURES)
  readonly files: MemoryFiles
  readonly passwords = new PlainPasswords()
  /** Who may do what now. */
  readonly users = new Map<string, FileUser>()
  readonly links: RingLinks
  readonly clock: Clock

  constructor() {
    this.clock = {
      nowMs: () => this.store.nowMs,
      wallMs: () => this.store.nowMs,
      after: () => ({ cancel: () => undefined }),
      soon: (run) => run(),
    }
    this.files = new MemoryFiles({ clock: this.clock })
    for (const user of [ANA, BEN, ADMIN]) this.users.set(user.nick ?? '', user)
    this.links = this.at(this.files)
  }

  at(files: Pick<Files, 'stat' | 'follow' | 'followed'>): RingLinks {
    const mac = (key: Uint8Array, text: string): string =>
      createHmac('sha256', key).update(text).digest('hex')
    return new RingLinks({
      effects: { clock: this.clock, random: platformRandom(), crypto: { mac } as never },
      store: this.store,
      files,
      passwords: this.passwords,
      userOf: async (nick) => this.users.get(nick),
    })
  }

  pass(ms: number): void {
    this.store.nowMs += ms
  }

  async write(path: string, text: string, who = ANA): Promise<void> {
    const upload = await this.files.write(who, path, { how: 'replace' })
    await upload.push(utf8(text))
    await upload.commit()
  }
}

export async function refuses(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, (thrown) => {
    assert.ok(isAnilloError(thrown, code), `${String(thrown)}, not ${code}`)
    return true
  })
}
