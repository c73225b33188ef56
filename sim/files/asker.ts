/** Asks members about files as a person would who tries again until one answers. */
import { isAnilloError, type ErrorCode } from '../../src/base/errors.ts'
import type { Effects } from '../../src/effects/effects.ts'
import type { RunningMember } from '../../src/node/member-parts.ts'
import type { Entry, Files, FileUser } from '../../src/services/files/types.ts'
import type { CrawlingRing } from '../crawls/ring.ts'

/** Told where an earlier try was carried out, and its answer lost. */
const DONE_BEFORE: ReadonlySet<ErrorCode> = new Set([
  'CONDITION_FAILED',
  'ENTRY_EXISTS',
  'LINK_UNKNOWN',
  'NO_ENTRY',
])
/** There is no room: asked again, there is none still. */
const REFUSED: ReadonlySet<ErrorCode> = new Set(['QUOTA_FULL', 'QUOTA_FILES_FULL'])

export type Order = (member: RunningMember, effects: Effects) => Promise<unknown>

export class FilesAsker {
  readonly #ring: CrawlingRing

  constructor(ring: CrawlingRing) {
    this.#ring = ring
  }

  ask<T>(question: (member: RunningMember, effects: Effects) => Promise<T>): Promise<T> {
    return this.#ring.askBeside(question)
  }

  files<T>(question: (files: Files) => Promise<T>): Promise<T> {
    return this.ask(({ files }) => question(files))
  }

  /** Again until it is done. @returns whether it is, or was refused for want of room */
  async do(order: Order): Promise<boolean> {
    let tries = 0
    return this.ask(async (member, effects) => {
      tries++
      try {
        await order(member, effects)
        return true
      } catch (thrown) {
        if (!isAnilloError(thrown)) throw thrown
        if (REFUSED.has(thrown.code)) return false
        if (tries > 1 && DONE_BEFORE.has(thrown.code)) return true
        throw thrown
      }
    })
  }

  doWithFiles(order: (files: Files) => Promise<unknown>): Promise<boolean> {
    return this.do(({ files }) => order(files))
  }

  /** `undefined`: it is not there, or not for them to see. */
  entry(who: FileUser, path: string): Promise<Entry | undefined> {
    return this.files(async (files) => {
      try {
        return await files.stat(who, path)
      } catch (thrown) {
        if (isAnilloError(thrown, 'NO_ENTRY')) return undefined
        throw thrown
      }
    })
  }
}

export function personOf(nick: string, groups: readonly string[] = []): FileUser {
  return { nick, isManager: false, mayWrite: true, groups }
}
