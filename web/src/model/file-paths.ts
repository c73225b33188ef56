/** Paths of the tree of files, as people write them: `/shared/notes.txt`; the root is `/`. Pure. */
import { NAME_BYTES_MAX } from '../../../src/wire/file-limits.ts'

export const ROOT = '/'
/** What others share with whoever looks, by whose it is. */
export const SHARED_ROOT = '/.shared'

/** The folder of an account's own; that of nobody is the root. */
export function homeOf(nick: string | undefined): string {
  return nick === undefined ? ROOT : pathOf(['home', nick])
}

/** @param names each without a slash */
export function pathOf(names: readonly string[]): string {
  return `/${names.join('/')}`
}

export function namesOf(path: string): readonly string[] {
  return path.split('/').filter((name) => name !== '')
}

export function childOf(folder: string, name: string): string {
  return pathOf([...namesOf(folder), name])
}

/** Of the root the root itself. */
export function parentOf(path: string): string {
  return pathOf(namesOf(path).slice(0, -1))
}

/** Empty of the root. */
export function nameOf(path: string): string {
  return namesOf(path).at(-1) ?? ''
}

/** From `folder`, in which it lies: `photos/a.jpg`. */
export function nameWithin(path: string, folder: string): string {
  return namesOf(path).slice(namesOf(folder).length).join('/')
}

/** Whether `path` is `folder`, or lies somewhere in it. */
export function isWithin(path: string, folder: string): boolean {
  const inner = namesOf(path)
  return namesOf(folder).every((name, index) => inner[index] === name)
}

/** What stands behind `/v1/files` and `/v1/uploads` for a path. */
export function addressOf(path: string): string {
  return path === ROOT ? ROOT : path.split('/').map(encodeURIComponent).join('/')
}

export interface Crumb {
  /** Empty of the root. */
  readonly name: string
  readonly path: string
}

/** From the root to `path` itself. */
export function crumbsOf(path: string): readonly Crumb[] {
  const names = namesOf(path)
  return [
    { name: '', path: ROOT },
    ...names.map((name, index) => ({ name, path: pathOf(names.slice(0, index + 1)) })),
  ]
}

/** What a person typed as a path in the address of the page. */
export function cleanPath(typed: string | undefined): string {
  return pathOf(namesOf(typed ?? '').filter((name) => name !== '.' && name !== '..'))
}

export type NameFault = 'empty' | 'dots' | 'slash' | 'control' | 'long' | 'taken'

/** CR, LF, NUL and their like steer terminals and lists of FTP. */
const STEERING = /\p{Cc}/u

/** Whether something can be called so beside `others`. @returns `undefined`: it can */
export function nameFault(name: string, others: readonly string[] = []): NameFault | undefined {
  if (name.trim() === '') return 'empty'
  if (name === '.' || name === '..') return 'dots'
  if (name.includes('/')) return 'slash'
  if (STEERING.test(name)) return 'control'
  if (new TextEncoder().encode(name).byteLength > NAME_BYTES_MAX) return 'long'
  const key = name.normalize('NFC')
  return others.some((other) => other.normalize('NFC') === key) ? 'taken' : undefined
}

export interface NameParts {
  readonly stem: string
  /** With its point; empty where there is none. */
  readonly extension: string
}

/** Longer is hardly an extension. */
const EXTENSION = /^(?<stem>.+?)(?<extension>(?:\.tar)?\.[^.\s]{1,8})$/su

/** `photo.jpg` is `photo` and `.jpg`; `.profile` has none, `a.tar.gz` has `.tar.gz`. */
export function partsOf(name: string): NameParts {
  const { stem = name, extension = '' } = EXTENSION.exec(name)?.groups ?? {}
  return { stem, extension }
}

/** A name that nothing beside has: `photo (2).jpg`. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  const keys = new Set([...taken].map((one) => one.normalize('NFC')))
  if (!keys.has(name.normalize('NFC'))) return name
  const { extension, stem } = partsOf(name)
  for (let number = 2; ; number++) {
    const tried = `${stem} (${number})${extension}`
    if (!keys.has(tried.normalize('NFC'))) return tried
  }
}
