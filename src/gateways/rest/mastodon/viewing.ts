/**
 * Addresses of pictures and files that programs load without a token: with a pass for that one
 * thing, of whoever was shown it (docs/decisions/0051-passes-of-pictures.md).
 */
import type { Principal, ViewPasses } from '../../../services/accounts/types.ts'

/** In the place of a dweet: what no dweet uses yet. */
export const UNUSED = 'unused'

const OF_DWEET = /^\/v1\/dweets\/(\d+)\/attachments\/([0-9a-f]{32})$/
const OF_NONE = /^\/v1\/dweets\/attachments\/([0-9a-f]{32})$/

/** As passes name it. */
export function viewedName(dweet: string, file: string): string {
  return `${dweet}/${file}`
}

export class Viewing {
  readonly #passes: ViewPasses
  readonly #asker: Principal | undefined
  #writer: ReturnType<ViewPasses['writer']> | undefined

  constructor(passes: ViewPasses, asker: Principal | undefined) {
    this.#passes = passes
    this.#asker = asker
  }

  /** Behind the door's own. @param path as it is for who is logged in */
  async pathOf(path: string): Promise<string> {
    const [, dweet = UNUSED, file = OF_NONE.exec(path)?.[1]] = OF_DWEET.exec(path) ?? []
    if (file === undefined || this.#asker === undefined) return path
    this.#writer ??= this.#passes.writer(this.#asker)
    const write = await this.#writer
    if (write === undefined) return path
    return `/api/v1/media/${write(viewedName(dweet, file))}/${dweet}/${file}`
  }
}
