/** What is written where somebody wants to dweet something of the ring. Pure. */
import { DWEET_CHARS_MAX } from '../../../src/wire/dweet-limits.ts'
import type { View } from './accounts.ts'

/** Where it is written: its title, as far as there is room, and its address. */
export function dweetAbout(title: string, url: string): View {
  const room = DWEET_CHARS_MAX - Array.from(url).length - 1
  const chars = Array.from(title.trim())
  const cut =
    chars.length <= room ? chars.join('') : `${chars.slice(0, Math.max(0, room - 1)).join('')}…`
  const text = room < SHORTEST || title === url ? url : `${cut} ${url}`
  return { name: 'dweets', at: `write:${text}` }
}

/** Fewer characters of a title say nothing. */
const SHORTEST = 8
