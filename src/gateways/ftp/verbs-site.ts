/** `SITE`: what FTP has no verb for. Pure. */
import { parseTime } from './dates.ts'
import { reply } from './replies.ts'
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
import { octal } from './verbs-tree.ts'

const SITE_VERBS: Verbs = {
  CHMOD: verb('<mode> <path>', (session, argument) => {
    const [, mode = '', path] = /^(\S+) (.+)$/s.exec(argument) ?? []
    const bits = octal(mode)
    if (bits === undefined || path === undefined) {
      return badArgument(session, 'Rights as three digits and a path, please: SITE CHMOD 644 file.')
    }
    return touch(session, path, { mode: bits })
  }),
  UTIME: verb('<time> <path>', utime),
  CPFR: verb(
    '<path>',
    onPath((path) => ({ do: 'copyFrom', path })),
  ),
  CPTO: verb('<path>', (session, argument) => {
    const from = session.copyFrom
    if (from === undefined) return replied(session, reply(503, 'SITE CPFR comes first.'))
    return withPath(session, argument, (to) => work(session, { do: 'copy', from, to }))
  }),
  UNDELETE: verb('[<id or path>]', (session, argument) => {
    if (argument === '') return work(session, { do: 'undelete', what: undefined })
    if (/^[\da-f]{32}$/.test(argument)) return work(session, { do: 'undelete', what: argument })
    return withPath(session, argument, (what) => work(session, { do: 'undelete', what }))
  }),
  VERSIONS: verb(
    '<file>',
    onPath((path) => ({ do: 'versions', path })),
  ),
  RESTORE: verb('<version> <file>', (session, argument) => {
    const [, number, path] = /^(\d+) (.+)$/s.exec(argument) ?? []
    const version = wholeNumber(number)
    if (version === undefined || path === undefined) {
      return badArgument(session, 'A version as SITE VERSIONS tells it, and a file, please.')
    }
    return withPath(session, path, (found) =>
      work(session, { do: 'restoreVersion', path: found, version }),
    )
  }),
  QUOTA: verb('', (session) => work(session, { do: 'quota' })),
  WHERE: verb('', (session) => work(session, { do: 'where' })),
}

export const SITE: Verb = verb('<command>', (session, argument) => {
  const [, name = '', rest = ''] = /^(\S+) ?(.*)$/s.exec(argument) ?? []
  const command = name.toUpperCase()
  if (command === 'HELP') return replied(session, siteHelp())
  const found = Object.hasOwn(SITE_VERBS, command) ? SITE_VERBS[command] : undefined
  if (found === undefined) return replied(session, reply(504, 'SITE HELP tells what there is.'))
  const isFit = found.argument === 'optional' || (found.argument === 'none') === (rest === '')
  if (!isFit) return badArgument(session, `SITE ${command} ${found.syntax}`.trimEnd())
  return found.run(session, rest)
})

function siteHelp() {
  const lines = Object.entries(SITE_VERBS).map(([name, { syntax }]) => `SITE ${name} ${syntax}`)
  return reply(214, 'There are:', ...lines.map((line) => line.trimEnd()), 'That is all.')
}

/** `SITE UTIME YYYYMMDDhhmm[ss] path`, and `SITE UTIME path atime mtime ctime UTC`. */
function utime(session: Session, argument: string): Step {
  const short = /^(\d{12}(?:\d{2})?) (.+)$/s.exec(argument)
  const long = /^(.+) \d{14} (\d{14}) \d{14} UTC$/s.exec(argument)
  const modifiedMs = parseTime(short?.[1] ?? long?.[2] ?? '')
  const path = short?.[2] ?? long?.[1]
  if (modifiedMs === undefined || path === undefined) {
    return badArgument(session, 'A time (YYYYMMDDHHMMSS, UTC, from 1970 on) and a path, please.')
  }
  return touch(session, path, { modifiedMs })
}

function touch(
  session: Session,
  path: string,
  change: { readonly modifiedMs?: number; readonly mode?: number },
): Step {
  return withPath(session, path, (found) =>
    work(session, { do: 'touch', path: found, change, told: 'Changed: ', code: 200 }),
  )
}
