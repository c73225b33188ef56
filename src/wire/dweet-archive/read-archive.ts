/**
 * The files of an archive, one after the other, as their text comes: what of them can be imported.
 * Whose it is `actor.json` says, which is read first. Files of other names are passed over. Pure.
 */
import { AnilloError } from '../../base/errors.ts'
import { JsonElements } from '../../base/json-elements.ts'
import { KIB, MIB } from '../../base/limits.ts'
import { foldNick } from '../account-texts.ts'
import { nickOfUrn } from './activities.ts'
import { archivedListed, archivedPerson, type CsvHow, type PeopleKind } from './people-csv.ts'
import {
  archivedActivity,
  archivedMark,
  objectOf,
  textOf,
  type Archived,
} from './read-activities.ts'

/** In this order: who it is, what they wrote, what they did with it. */
export const ARCHIVE_FILES = [
  'actor.json',
  'outbox.json',
  'following_accounts.csv',
  'muted_accounts.csv',
  'blocked_accounts.csv',
  'lists.csv',
  'likes.json',
  'bookmarks.json',
] as const
export type ArchiveFile = (typeof ARCHIVE_FILES)[number]

/** Unpacked: of `outbox.json`, about a million dweets. */
export const ARCHIVE_FILE_BYTES_MAX = 1_024 * MIB
const ELEMENT_CHARS_MAX = 512 * KIB
const ACTOR_CHARS_MAX = 2 * MIB
const LINE_CHARS_MAX = 4 * KIB

const PEOPLE: Partial<Record<ArchiveFile, PeopleKind>> = {
  'following_accounts.csv': 'follow',
  'muted_accounts.csv': 'mute',
  'blocked_accounts.csv': 'block',
}

/** Some programs put all into one folder. */
export function archiveFileOf(name: string): ArchiveFile | undefined {
  const path = name.split('/')
  const last = path.at(-1)
  return path.length > 2 ? undefined : ARCHIVE_FILES.find((one) => one === last)
}

/** Of one file: pieces in order, then `end`. */
export interface FileReading {
  readonly push: (piece: string) => Archived[]
  readonly end: () => Archived[]
}

export class ArchiveReading {
  readonly #how: CsvHow
  #actor: string | undefined
  #from: string | undefined

  constructor(how: CsvHow) {
    this.#how = how
  }

  /** The nick, where it is of a ring. */
  get from(): string | undefined {
    return this.#from
  }

  /** @throws AnilloError ARCHIVE_BROKEN, here and from the reading */
  file(name: ArchiveFile): FileReading {
    const kind = PEOPLE[name]
    if (kind !== undefined) return lines((line) => archivedPerson(kind, line, this.#how))
    if (name === 'lists.csv') return lines((line) => archivedListed(line, this.#how))
    if (name === 'actor.json') return this.#ofActor()
    if (name === 'outbox.json') return this.#outbox()
    return elements((value) => archivedMark(name === 'likes.json' ? 'like' : 'bookmark', value))
  }

  #outbox(): FileReading {
    const actor = this.#actor
    if (actor === undefined) throw broken('there is no actor.json that says whose it is')
    return elements((value) => archivedActivity(value, actor))
  }

  #ofActor(): FileReading {
    let text = ''
    return {
      push: (piece) => {
        text += piece
        if (text.length > ACTOR_CHARS_MAX) throw broken('actor.json is too large')
        return []
      },
      end: () => {
        const actor = objectOf(parsed(text))
        const id = textOf(actor['id'])
        if (id === '') throw broken('actor.json does not say whose it is')
        this.#actor = id
        this.#from = foldNick(nickOfUrn(id) ?? '')
        const bio = textOf(objectOf(actor['source'])['content'])
        return this.#from === undefined || bio === '' ? [] : [{ item: { kind: 'profile', bio } }]
      },
    }
  }
}

function lines(archived: (line: string) => Archived | undefined): FileReading {
  let rest = ''
  const read = (line: string): Archived[] => {
    const one = archived(line)
    return one === undefined ? [] : [one]
  }
  return {
    push: (piece) => {
      const all = (rest + piece).split('\n')
      rest = all.pop() ?? ''
      if (rest.length > LINE_CHARS_MAX) throw broken('a line is too long')
      return all.flatMap(read)
    },
    end: () => read(rest),
  }
}

function elements(read: (value: unknown) => Archived): FileReading {
  const found = new JsonElements({ key: 'orderedItems', charsMax: ELEMENT_CHARS_MAX })
  return {
    push: (piece) => found.push(piece).map((text) => read(parsed(text))),
    end: () => {
      found.end()
      return []
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (thrown) {
    throw broken('what should be JSON is none', thrown)
  }
}

function broken(problem: string, cause?: unknown): AnilloError {
  return new AnilloError('ARCHIVE_BROKEN', { offset: 0, problem }, { cause })
}
