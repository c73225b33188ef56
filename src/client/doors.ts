/**
 * The members' doors that a client knows, in the order in which it tries them: the one that
 * answered last comes first, one that failed goes to the end. What the ring tells of itself adds to
 * them.
 */
import { AnilloError } from '../base/errors.ts'

/** More than any ring that one client meets at once; beyond it, newly told doors are left out. */
const DOORS_MAX = 256

export class Doors {
  #urls: string[] = []

  constructor(urls: readonly string[]) {
    this.learn(urls)
  }

  /** Best first. */
  get urls(): readonly string[] {
    return this.#urls
  }

  /** Adds the doors that are not known yet, behind the others. */
  learn(urls: readonly string[]): void {
    for (const url of urls) {
      const origin = originOf(url)
      if (this.#urls.length < DOORS_MAX && !this.#urls.includes(origin)) this.#urls.push(origin)
    }
  }

  succeeded(url: string): void {
    if (this.#urls[0] !== url) this.#urls = [url, ...this.#urls.filter((other) => other !== url)]
  }

  failed(url: string): void {
    this.#urls = [...this.#urls.filter((other) => other !== url), url]
  }
}

function originOf(url: string): string {
  const parsed = URL.parse(url.includes('://') ? url : `http://${url}`)
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return parsed.origin
  throw new AnilloError('USAGE', {
    problem: `“${url}” is not the address of a member. Give one such as http://localhost:9100.`,
  })
}
