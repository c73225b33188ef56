/** Folders, names and facts of what is in the tree, without a data connection. Pure. */
import type { DigestName } from '../../base/digests.ts'
import { parseTime } from './dates.ts'
import { words } from './paths.ts'
import { quoted, reply } from './replies.ts'
import { replied, type Session, type Step } from './session.ts'
import {
  badArgument,
  onPath,
  verb,
  wholeNumber,
  withPath,
  work,
  type Verb,
  type Verbs,
} from './verb.ts'

const enter = onPath((path) => ({ do: 'enter', path }))
const up: Verb['run'] = (session) => enter(session, '..')
const here: Verb['run'] = (session) =>
  replied(session, reply(257, `${quoted(session.cwd)} is where you are.`))
const makeFolder = onPath((path) => ({ do: 'makeFolder', path }))
const removeFolder = onPath((path) => ({ do: 'removeFolder', path }))

export const TREE_VERBS: Verbs = {
  CWD: verb('<folder>', enter),
  XCWD: verb('<folder>', enter),
  CDUP: verb('', up),
  XCUP: verb('', up),
  PWD: verb('', here),
  XPWD: verb('', here),
  MKD: verb('<folder>', makeFolder),
  XMKD: verb('<folder>', makeFolder),
  RMD: verb('<folder>', removeFolder),
  XRMD: verb('<folder>', removeFolder),
  DELE: verb(
    '<file>',
    onPath((path) => ({ do: 'remove', path })),
  ),
  RNFR: verb(
    '<path>',
    onPath((path) => ({ do: 'renameFrom', path })),
  ),
  RNTO: verb('<path>', (session, argument) => {
    const from = session.renameFrom
    if (from === undefined) return replied(session, reply(503, 'RNFR comes first.'))
    return withPath(session, argument, (to) => work(session, { do: 'rename', from, to }))
  }),
  SIZE: verb('<file>', (session, argument) =>
    session.type === 'A'
      ? replied(session, reply(550, 'Sizes are told in TYPE I: line ends change them.'))
      : onPath((path) => ({ do: 'size', path }))(session, argument),
  ),
  MDTM: verb('<path>', modified),
  MFMT: verb('<time> <path>', (session, argument) =>
    timed(session, argument, { name: 'Modify', key: 'modifiedMs' }),
  ),
  MFCT: verb('<time> <path>', (session, argument) =>
    timed(session, argument, { name: 'Create', key: 'createdMs' }),
  ),
  MFF: verb('<facts> <path>', changeFacts),
  MLST: verb(
    '[<path>]',
    onPath((path, { facts }) => ({ do: 'describe', path, facts })),
  ),
  AVBL: verb(
    '[<folder>]',
    onPath((path) => ({ do: 'available', path })),
  ),
  HASH: verb(
    '<file>',
    onPath((path, { digest, range }) => {
      return { do: 'digest', path, digest, range, form: 'HASH' }
    }),
  ),
  XCRC: digestVerb('CRC32'),
  XMD5: digestVerb('MD5'),
  XSHA: digestVerb('SHA-1'),
  XSHA1: digestVerb('SHA-1'),
  XSHA256: digestVerb('SHA-256'),
  XSHA512: digestVerb('SHA-512'),
  COMB: verb('<file> <part> [<part> ...]', combine),
}

/** `MDTM path`, and `MDTM time path` as some clients set it. */
function modified(session: Session, argument: string): Step {
  const [, time = '', path = ''] = /^(\d{14}(?:\.\d+)?) (.+)$/s.exec(argument) ?? []
  const modifiedMs = parseTime(time)
  if (modifiedMs !== undefined) {
    return timed(session, `${time} ${path}`, { name: 'Modify', key: 'modifiedMs' })
  }
  return onPath((found) => ({ do: 'time', path: found }))(session, argument)
}

function timed(
  session: Session,
  argument: string,
  { key, name }: { readonly name: string; readonly key: 'modifiedMs' | 'createdMs' },
): Step {
  const [, time = '', path] = /^(\S+) (.+)$/s.exec(argument) ?? []
  const ms = parseTime(time)
  if (ms === undefined || path === undefined) {
    return badArgument(session, 'A time (YYYYMMDDHHMMSS, UTC, from 1970 on) and a path, please.')
  }
  const change = { [key]: ms }
  return withPath(session, path, (found) =>
    work(session, { do: 'touch', path: found, change, told: `${name}=${time}; `, code: 213 }),
  )
}

/** `MFF Modify=20260101000000;UNIX.mode=0644; path` */
function changeFacts(session: Session, argument: string): Step {
  const [, facts = '', path] =
    /^([^;= ]+=[^;= ]*(?:;[^;= ]+=[^;= ]*)*;?) (.+)$/s.exec(argument) ?? []
  if (path === undefined) return badArgument(session, 'Facts and a path, please.')
  const change: { modifiedMs?: number; createdMs?: number; mode?: number } = {}
  for (const fact of facts.split(';').filter((given) => given !== '')) {
    const [name = '', value = ''] = fact.split('=')
    const number = name.toLowerCase() === 'unix.mode' ? octal(value) : parseTime(value)
    const key = CHANGEABLE[name.toLowerCase()]
    if (key === undefined) return replied(session, reply(504, `${name} cannot be changed.`))
    if (number === undefined) return badArgument(session, `This is no value of ${name}.`)
    change[key] = number
  }
  return withPath(session, path, (found) =>
    work(session, { do: 'touch', path: found, change, told: `${facts} `, code: 213 }),
  )
}

const CHANGEABLE: Readonly<Record<string, 'modifiedMs' | 'createdMs' | 'mode'>> = {
  modify: 'modifiedMs',
  create: 'createdMs',
  'unix.mode': 'mode',
}

/** Rights as `chmod` takes them: 0 to 777. */
export function octal(text: string): number | undefined {
  return /^0*[0-7]{1,3}$/.test(text) ? Number.parseInt(text, 8) : undefined
}

/** `XMD5 path`, `XMD5 "path" first last`. */
function digestVerb(digest: DigestName): Verb {
  return verb('<file> [<first> [<last>]]', (session, argument) => {
    const given = words(argument)
    const isQuoted = argument.startsWith('"')
    if (!isQuoted || given === undefined) {
      return onPath((path) => ({ do: 'digest', path, digest, range: session.range, form: 'X' }))(
        session,
        argument,
      )
    }
    const [file = '', first = '0', last = `${Number.MAX_SAFE_INTEGER - 1}`, ...more] = given
    const from = wholeNumber(first)
    const to = wholeNumber(last)
    if (from === undefined || to === undefined || more.length > 0) {
      return badArgument(session, 'A file, and the first and the last byte, please.')
    }
    const range = given.length === 1 ? session.range : { from, to: to + 1 }
    return withPath(session, file, (path) =>
      work(session, { do: 'digest', path, digest, range, form: 'X' }),
    )
  })
}

function combine(session: Session, argument: string): Step {
  const given = words(argument)
  if (given === undefined || given.length < 2) {
    return badArgument(session, 'The whole and its parts, please: COMB "whole" "part1" "part2".')
  }
  return withPath(session, given[0] ?? '', (to) => {
    const parts: string[] = []
    for (const part of given.slice(1)) {
      const [, effects] = withPath(session, part, (path) => {
        parts.push(path)
        return [session, []]
      })
      if (effects.length > 0) return [session, effects]
    }
    return work(session, { do: 'combine', to, parts })
  })
}
