/**
 * What stands under a name in the open network, contents apart: those that publishers signed, by
 * root and size, and addresses that nobody signed. Of the latter it is asked whether they lead to
 * one of the former.
 */
import { instant } from '../../base/instant.ts'
import { SECOND_MS } from '../../base/limits.ts'
import { shuffled, type Chance } from '../../base/random.ts'
import type { ShareContent, ShareLookup, ShareProvider } from '../../wire/api-shares.ts'
import { SOURCE_URL_CHARS_MAX, SOURCES_MAX } from '../../wire/share-bounds.ts'
import { LOOKUP_TIMEOUT_MS, PROBED_MAX } from './limits.ts'
import type { ShareRecord } from './outside.ts'
import { isAtDoor } from './own-doors.ts'
import type { ShareParts } from './parts.ts'
import { headsOf } from './sources/heads.ts'

/** Where a content is said to be. */
export interface FoundSource {
  readonly url: string
  readonly publisher: string | undefined
  readonly expiresMs: number | undefined
}

/** One content, or an address that nobody proves. */
export interface FoundContent {
  readonly root: string | undefined
  readonly bytes: number | undefined
  readonly sources: readonly FoundSource[]
}

interface Gathered extends Omit<FoundContent, 'sources'> {
  readonly sources: Map<string, FoundSource>
}

export interface Found {
  readonly contents: readonly FoundContent[]
  readonly texts: readonly string[]
}

interface Heard {
  /** Of each publisher the latest. */
  readonly records: Map<string, ShareRecord>
  readonly texts: Set<string>
}

export class Lookups {
  readonly #parts: Pick<ShareParts, 'doors' | 'effects' | 'outside' | 'sources'>

  constructor(parts: Pick<ShareParts, 'doors' | 'effects' | 'outside' | 'sources'>) {
    this.#parts = parts
  }

  async find(name: string, signal?: AbortSignal): Promise<Found> {
    const { records, texts } = await this.#heard(name, signal)
    const contents = new Map<string, Gathered>()
    const into = (root: string, bytes: number | undefined): Gathered['sources'] => {
      const key = `${root} ${bytes}`
      const known = contents.get(key) ?? { root, bytes, sources: new Map<string, FoundSource>() }
      contents.set(key, known)
      return known.sources
    }
    for (const { expiresAtS, publisher, root, size, urls } of records.values()) {
      const sources = into(root, size)
      const expiresMs = expiresAtS * SECOND_MS
      for (const url of urls) {
        if (!sources.has(url)) sources.set(url, { url, publisher, expiresMs })
      }
    }
    const own = await this.#parts.doors()
    // What the ring itself has is known here; its doors would look for the rest in turn.
    const web = new Set([...texts].flatMap((text) => webAddressOf(text) ?? []))
    const addresses = [...web].filter((url) => !isAtDoor(url, own))
    const alone: FoundContent[] = []
    const probed = await this.#probe(addresses, signal)
    for (const [url, head] of probed) {
      const source = { url: head?.url ?? url, publisher: undefined, expiresMs: undefined }
      if (head?.root === undefined) {
        alone.push({ root: undefined, bytes: head?.bytes, sources: [{ ...source, url }] })
        continue
      }
      const sources = into(head.root, head.bytes)
      if (!sources.has(source.url)) sources.set(source.url, source)
    }
    const { random } = this.#parts.effects
    // Whoever says most would else leave no place to others: chance gives each some, in the end.
    const proven = [...contents.values()]
      .map(({ sources, ...content }) => ({ ...content, sources: [...sources.values()] }))
      .toSorted((a, b) => publishersIn(b) - publishersIn(a))
      .map((content) => ({ ...content, sources: someOf(random, content.sources) }))
    return {
      contents: [...proven, ...alone],
      texts: [...texts].filter((text) => webAddressOf(text) === undefined),
    }
  }

  /** The first that answers, of the content that most publishers say. */
  async provider(name: string): Promise<string | undefined> {
    const [{ contents }, own] = await Promise.all([this.find(name), this.#parts.doors()])
    const urls = contents
      .flatMap(({ sources }) => sources.map(({ url }) => url))
      .filter((url) => !isAtDoor(url, own))
    for (let at = 0; at < PROBED_MAX; at += PROVIDERS_AT_ONCE) {
      const some = urls.slice(at, at + PROVIDERS_AT_ONCE)
      for (const [url, head] of await this.#probe(some, undefined)) {
        if (head !== undefined) return url
      }
    }
    return undefined
  }

  async #heard(name: string, outer: AbortSignal | undefined): Promise<Heard> {
    const { effects, outside } = this.#parts
    const late = new AbortController()
    const timer = effects.clock.after(LOOKUP_TIMEOUT_MS, () => late.abort())
    const signal = outer === undefined ? late.signal : AbortSignal.any([outer, late.signal])
    const heard: Heard = { records: new Map(), texts: new Set() }
    try {
      for await (const value of outside.get(name, { signal })) {
        if (value.kind === 'text') {
          if (heard.texts.size < SOURCES_MAX) heard.texts.add(value.value)
          continue
        }
        const { record } = value
        const known = heard.records.get(record.publisher)
        if (known !== undefined && known.sequence >= record.sequence) continue
        if (known !== undefined || heard.records.size < PUBLISHERS_MAX)
          heard.records.set(record.publisher, record)
      }
    } catch (thrown) {
      // What came by then counts.
      if (!late.signal.aborted) throw thrown
    } finally {
      timer.cancel()
    }
    for (const [publisher, { urls }] of heard.records) {
      if (urls.length === 0) heard.records.delete(publisher)
    }
    return heard
  }

  async #probe(urls: readonly string[], signal: AbortSignal | undefined) {
    const heads = await headsOf(this.#parts, urls.slice(0, PROBED_MAX), signal)
    return urls.map((url, at) => [url, heads[at]] as const)
  }
}

/** Strangers have them asked: few, so that nobody is flooded with our questions. */
const PROVIDERS_AT_ONCE = 4

/** Names of files are many people’s: more of them than this nobody looks through. */
const PUBLISHERS_MAX = 1_024

function someOf(chance: Chance, sources: readonly FoundSource[]): readonly FoundSource[] {
  if (sources.length <= SOURCES_MAX) return sources
  return shuffled(chance, sources).slice(0, SOURCES_MAX)
}

function publishersIn({ sources }: FoundContent): number {
  return new Set(sources.flatMap(({ publisher }) => publisher ?? [])).size
}

/**
 * As it is asked, in characters of ASCII that no header, line or terminal takes for anything else.
 */
function webAddressOf(text: string): string | undefined {
  const url = text.length <= SOURCE_URL_CHARS_MAX ? URL.parse(text) : null
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:'
  return isWeb && url.href.length <= SOURCE_URL_CHARS_MAX ? url.href : undefined
}

/** As doors tell it. @param own the share of the ring itself under that name */
export function toldLookup(
  { name, self }: Pick<ShareLookup, 'name' | 'self'>,
  { contents, texts }: Found,
  own: { readonly id: string; readonly root: string; readonly bytes: number } | undefined,
): ShareLookup {
  const told = contents.map(({ bytes, root, sources }): ShareContent => ({
    root: root ?? null,
    bytes: bytes ?? null,
    publishers: [...new Set(sources.flatMap(({ publisher }) => publisher ?? []))],
    providers: sources.map(providerOf),
    ...(own !== undefined && own.root === root ? { share: own.id } : {}),
  }))
  const isTold = told.some(({ share }) => share !== undefined)
  const here =
    own === undefined || isTold
      ? []
      : [{ root: own.root, bytes: own.bytes, publishers: [], providers: [], share: own.id }]
  return { name, self, contents: [...here, ...told], texts: [...texts] }
}

function providerOf({ expiresMs, publisher, url }: FoundSource): ShareProvider {
  return {
    url,
    publisher: publisher ?? null,
    expiresAt: expiresMs === undefined ? null : instant(expiresMs),
  }
}
