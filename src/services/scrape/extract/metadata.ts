/** What a page says of itself for machines: JSON-LD, OpenGraph. */
import { elementsBelow, joined, type Document } from './dom.ts'
import { JSON_LD_DEPTH_MAX } from './extract-bounds.ts'
import type { Room } from './room.ts'

/**
 * Each document that is one; `@graph` is left as it is. Passed over: no JSON, or nested too deep.
 */
export function jsonLdOf(document: Document, room: Room): unknown[] {
  const found: unknown[] = []
  for (const { attribs, children, name } of elementsBelow(document)) {
    if (name !== 'script' || !JSON_LD.test(attribs['type'] ?? '')) continue
    const text = children.map((child) => (child.type === 'text' ? child.data : '')).join('')
    const value = parsed(text)
    if (value === undefined || isTooDeep(value)) continue
    if (!room.item('jsonLd', found) || !room.whole('jsonLd', text.length)) break
    found.push(value)
  }
  return found
}

const JSON_LD = /^\s*application\/ld\+json\b/i

/** `undefined`: no JSON. Comments around it are a custom of old generators. */
function parsed(text: string): unknown {
  const bare = text.replace(/^\s*(?:<!--|\/\*\s*<!\[CDATA\[\s*\*\/|<!\[CDATA\[)/, '')
  try {
    return JSON.parse(bare.replace(/(?:-->|\/\*\s*\]\]>\s*\*\/|\]\]>)\s*$/, ''))
  } catch {
    return undefined
  }
}

function isTooDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > JSON_LD_DEPTH_MAX) return true
    level = level.flatMap(valuesIn)
  }
  return false
}

function valuesIn(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : []
}

/**
 * `og:`, `article:`, `book:`, `profile:`, `product:`, `twitter:`, `fb:`, and what else `<meta>`
 * names commonly. What is said several times (`og:image`) is a list.
 */
export function openGraphOf(document: Document, room: Room): Record<string, string | string[]> {
  const found = new Map<string, string[]>()
  let count = 0
  for (const { attribs, name } of elementsBelow(document)) {
    if (name !== 'meta') continue
    const key = (attribs['property'] ?? attribs['name'] ?? '').trim().toLowerCase()
    const content = attribs['content']
    if (content === undefined || !OPEN_GRAPH.test(key)) continue
    if (!room.item('openGraph', { length: count++ })) break
    const values = found.get(key) ?? []
    values.push(room.text('openGraph', joined(content)))
    found.set(key, values)
  }
  const entries = Array.from(found, ([key, values]) => {
    const [only = '', ...others] = values
    return [key, others.length === 0 ? only : values] as const
  })
  return Object.fromEntries(entries)
}

const OPEN_GRAPH =
  /^(?:(?:og|article|book|profile|product|video|music|twitter|fb):[\w:.-]{1,64}|description|author|keywords)$/
