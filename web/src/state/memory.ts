/**
 * What this browser remembers between visits. Without `localStorage` (private windows) nothing is
 * kept.
 */
import { NOTES_PREFIX } from '../dweets/browser-notes.ts'
import { DOORS_MAX, parseDoor } from '../model/doors.ts'
import { HIDDEN_AT_FIRST, parseTopic, type Topic } from '../model/log.ts'
import { parseLanguage, type Language } from '../texts/texts.ts'

/** An address asked for before. */
export interface Recent {
  readonly url: string
  readonly title: string
}

/** As many as are seen at a glance. */
export const RECENTS_MAX = 8

export type Theme = 'light' | 'dark'

function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(`anillo.${key}`) ?? 'null')
  } catch {
    return undefined
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(`anillo.${key}`, JSON.stringify(value))
  } catch {
    // Full or forbidden: the page works without.
  }
}

function readList(key: string): readonly unknown[] {
  const value = read(key)
  return Array.isArray(value) ? value : []
}

export const memory = {
  doors: (): readonly string[] =>
    readList('doors')
      .map(parseDoor)
      .filter((door) => door !== undefined)
      .slice(0, DOORS_MAX),
  setDoors: (doors: readonly string[]): void => write('doors', doors),

  recents: (): readonly Recent[] => readList('recents').filter(isRecent).slice(0, RECENTS_MAX),
  setRecents: (recents: readonly Recent[]): void => write('recents', recents),

  language: (): Language | undefined => parseLanguage(read('language')),
  setLanguage: (language: Language): void => write('language', language),

  /** Topics that the log does not show. */
  hiddenTopics: (): readonly Topic[] => {
    const value = read('hiddenTopics')
    if (!Array.isArray(value)) return HIDDEN_AT_FIRST
    return value.map(parseTopic).filter((topic) => topic !== undefined)
  },
  setHiddenTopics: (topics: readonly Topic[]): void => write('hiddenTopics', topics),

  /** Drafts and dweets on their way, which are written where they are. */
  forgetDweets: (): void => {
    try {
      for (const key of Object.keys(localStorage))
        if (key.startsWith(NOTES_PREFIX)) localStorage.removeItem(key)
    } catch {
      // There is nothing of them either.
    }
  },

  theme: (): Theme | undefined => {
    const theme = read('theme')
    return theme === 'light' || theme === 'dark' ? theme : undefined
  },
  setTheme: (theme: Theme): void => write('theme', theme),
}

function isRecent(value: unknown): value is Recent {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'url') === 'string' &&
    typeof Reflect.get(value, 'title') === 'string'
  )
}

/** The address moves to the front; the oldest fall off. */
export function remember(recents: readonly Recent[], recent: Recent): readonly Recent[] {
  return [recent, ...recents.filter((known) => known.url !== recent.url)].slice(0, RECENTS_MAX)
}
