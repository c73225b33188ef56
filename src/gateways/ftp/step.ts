/** `step(session, event)`: which verb it is, whether it is its turn, and what its outcome means. */
import type { ControlLine } from './control-lines.ts'
import { reply } from './replies.ts'
import { replied, type Effect, type Event, type Session, type Step } from './session.ts'
import { freeVerb, type Verb, type Verbs } from './verb.ts'
import { ENCRYPT_FIRST, goodbye, LOGIN_VERBS, refusedLogin } from './verbs-login.ts'
import { features, PARAMETER_VERBS } from './verbs-parameters.ts'
import { SITE } from './verbs-site.ts'
import { TRANSFER_VERBS } from './verbs-transfer.ts'
import { TREE_VERBS } from './verbs-tree.ts'

/** All that there are. */
export const VERBS: Verbs = {
  ...LOGIN_VERBS,
  ...PARAMETER_VERBS,
  ...TREE_VERBS,
  ...TRANSFER_VERBS,
  SITE,
  FEAT: freeVerb('', (session) =>
    replied(session, reply(211, 'Extensions:', ...features(session), 'End')),
  ),
  HELP: freeVerb('[<verb>]', help),
}

/** Never throws, whatever arrives. */
export function step(session: Session, event: Event): Step {
  if (session.isOver) return [session, []]
  switch (event.kind) {
    case 'line':
      return lineCame(session, event.line)
    case 'secured':
      return onward({ ...session, busy: 'no', isSecure: true, hasBufferSize: false })
    case 'loggedIn': {
      const { home: cwd, user } = event
      const next: Session = { ...session, busy: 'no', login: { kind: 'in', user }, cwd }
      return after(replied(next, reply(230, `Welcome, ${user.nick ?? 'guest'}.`)))
    }
    case 'notLoggedIn':
      return after(refusedLogin(session, event.reply))
    case 'marked':
      return replied(session, event.reply)
    case 'done':
      return after(finished(session, event))
    case 'ended': {
      const [next, effects] = goodbye(session, event.reply)
      const isTransfer = session.busy === 'transfer'
      return [next, isTransfer ? [{ kind: 'abort' }, ...effects] : effects]
    }
  }
}

function finished(session: Session, { change, reply: last }: Event & { kind: 'done' }): Step {
  const next: Session = { ...session, ...change, busy: 'no' }
  if (session.busy !== 'aborting') return replied(next, last)
  return [
    next,
    [
      { kind: 'reply', reply: last },
      { kind: 'reply', reply: reply(226, 'The transfer is over.') },
    ],
  ]
}

/** What waited is taken, until the session is busy again. */
function after([session, effects]: Step): Step {
  const [next, more] = onward(session)
  return [next, [...effects, ...more]]
}

function onward(session: Session): Step {
  let next = session
  const effects: Effect[] = []
  while (next.busy === 'no' && next.waiting.length > 0 && !next.isOver) {
    const [line, ...waiting] = next.waiting
    if (line === undefined) break
    const [stepped, more] = carriedOut({ ...next, waiting }, line)
    next = stepped
    effects.push(...more)
  }
  return [next, effects]
}

function lineCame(session: Session, line: ControlLine): Step {
  if (session.busy === 'no') return carriedOut(session, line)
  const verb = line.kind === 'line' ? line.text.trimEnd().toUpperCase() : ''
  if (session.busy === 'transfer' && verb === 'ABOR') {
    return [{ ...session, busy: 'aborting' }, [{ kind: 'abort' }]]
  }
  if (session.busy !== 'work' && verb === 'STAT') return [session, [{ kind: 'tellProgress' }]]
  return [{ ...session, waiting: [...session.waiting, line] }, []]
}

function carriedOut(session: Session, line: ControlLine): Step {
  if (line.kind === 'bad') return replied(session, BAD_LINES[line.problem])
  const [, name = '', argument = ''] = /^(\S*) ?(.*)$/s.exec(line.text) ?? []
  const verb = verbOf(name)
  if (verb === undefined) return replied(session, reply(500, 'There is no such command.'))
  const { argument: takes, needs, syntax } = verb
  const given = takes === 'none' ? argument.trim() : argument
  if (needs === 'login' && session.login.kind !== 'in') return replied(session, notYet(session))
  if (takes !== 'optional' && (takes === 'none') !== (given === '')) {
    return replied(session, reply(501, `${name.toUpperCase()} ${syntax}`.trimEnd()))
  }
  return forgetful(session, name.toUpperCase(), verb.run(session, given))
}

/** What holds for the very next command is forgotten by any other (RFC 959 section 4.1.3). */
function forgetful(before: Session, name: string, [session, effects]: Step): Step {
  if (before.renameFrom === undefined || session.renameFrom !== before.renameFrom) {
    return [session, effects]
  }
  return name === 'NOOP' || name === 'STAT'
    ? [session, effects]
    : [{ ...session, renameFrom: undefined }, effects]
}

function verbOf(name: string): Verb | undefined {
  const upper = name.toUpperCase()
  return Object.hasOwn(VERBS, upper) ? VERBS[upper] : undefined
}

function notYet({ isSecure, rules }: Session) {
  if (rules.demandsTls && !isSecure) return ENCRYPT_FIRST
  return reply(530, 'Log in first: USER and PASS.')
}

const BAD_LINES = {
  'too long': reply(500, 'This line is too long.'),
  'not UTF-8': reply(501, 'This line is not UTF-8.'),
  'a control character': reply(501, 'There is a NUL or CR in this line.'),
} as const satisfies Record<(ControlLine & { kind: 'bad' })['problem'], ReturnType<typeof reply>>

function help(session: Session, argument: string): Step {
  if (argument === '') {
    const names = Object.keys(VERBS).toSorted()
    const rows: string[] = []
    for (let at = 0; at < names.length; at += HELP_COLUMNS) {
      rows.push(
        names
          .slice(at, at + HELP_COLUMNS)
          .map((name) => name.padEnd(8))
          .join('')
          .trimEnd(),
      )
    }
    return replied(session, reply(214, 'There are:', ...rows, 'HELP <verb> tells more.'))
  }
  const [name = '', sub = ''] = argument.toUpperCase().split(/ +/)
  if (name === 'SITE' && sub === '') return SITE.run(session, 'HELP')
  const verb = verbOf(name)
  return verb === undefined
    ? replied(session, reply(502, 'There is no such command.'))
    : replied(session, reply(214, `${name} ${verb.syntax}`.trimEnd()))
}

const HELP_COLUMNS = 8
