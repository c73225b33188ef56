/** Paths as FTP clients write them, against the folder they are in. */
import { utf8 } from '../../base/bytes.ts'
import { PATH_BYTES_MAX } from './limits.ts'

/**
 * From the root, without `.` and `..`; nothing leads above the root.
 * @returns `undefined` where it is longer than PATH_BYTES_MAX
 */
export function pathFrom(cwd: string, argument: string): string | undefined {
  const names: string[] = []
  const whole = argument.startsWith('/') ? argument : `${cwd}/${argument}`
  for (const name of whole.split('/')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  const path = `/${names.join('/')}`
  return utf8(path).length <= PATH_BYTES_MAX ? path : undefined
}

/** The last name; empty of the root. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

export function below(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

/**
 * Words, those with spaces in double quotes, quotes in them doubled.
 * @returns `undefined` where a quote is left open
 */
export function words(argument: string): string[] | undefined {
  const found: string[] = []
  let rest = argument.trimStart()
  while (rest !== '') {
    const word = /^"((?:[^"]|"")*)"(?=\s|$)|^[^\s"]\S*/.exec(rest)
    if (word === null) return undefined
    found.push(word[1]?.replaceAll('""', '"') ?? word[0])
    rest = rest.slice(word[0].length).trimStart()
  }
  return found
}
