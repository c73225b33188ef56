/** Who somebody is, and encryption (RFC 959 section 5.3.1, 2228, 4217, 7151). Pure. */
import { WRONG_LOGINS_MAX } from './limits.ts'
import { reply } from './replies.ts'
import { defaultParameters, replied, type Session, type Step } from './session.ts'
import { badArgument, freeVerb, verb, type Verbs } from './verb.ts'

export const LOGIN_VERBS: Verbs = {
  USER: freeVerb('<nick>', user),
  PASS: { ...freeVerb('<password>', pass), argument: 'optional' },
  ACCT: freeVerb('<text>', (session) =>
    replied(session, reply(202, 'Nick and password are all that is asked for.')),
  ),
  REIN: freeVerb('', (session) => {
    const fresh: Session = {
      ...session,
      ...defaultParameters(),
      login: { kind: 'nobody' },
      cwd: '/',
    }
    return [
      fresh,
      [
        { kind: 'closeData' },
        { kind: 'logOut' },
        { kind: 'reply', reply: reply(220, 'Log in anew.') },
      ],
    ]
  }),
  QUIT: freeVerb('', (session) => goodbye(session)),
  HOST: freeVerb('<name>', (session) =>
    session.login.kind === 'nobody'
      ? replied(session, reply(220, 'All names of this door lead to the same tree.'))
      : replied(session, reply(503, 'HOST comes before USER.')),
  ),
  AUTH: freeVerb('<TLS|SSL>', auth),
  PBSZ: freeVerb('<0>', bufferSize),
  PROT: freeVerb('<C|P>', protection),
  CCC: verb('', (session) =>
    session.isSecure
      ? replied(session, reply(534, 'This connection stays encrypted.'))
      : replied(session, reply(533, 'This connection is not encrypted.')),
  ),
}

function user(session: Session, nick: string): Step {
  if (session.rules.demandsTls && !session.isSecure) return replied(session, ENCRYPT_FIRST)
  const isGuest = isGuestNick(nick) && session.rules.hasGuests
  const next: Session = { ...session, login: { kind: 'named', nick } }
  const answer = isGuest ? 'Any password will do.' : 'The password, please.'
  return [
    next,
    session.login.kind === 'in'
      ? [{ kind: 'logOut' }, { kind: 'reply', reply: reply(331, answer) }]
      : [{ kind: 'reply', reply: reply(331, answer) }],
  ]
}

function pass(session: Session, password: string): Step {
  const { login } = session
  if (login.kind !== 'named') return replied(session, reply(503, 'USER comes first.'))
  return [{ ...session, busy: 'work' }, [{ kind: 'logIn', nick: login.nick, password }]]
}

/** RFC 1635. */
export function isGuestNick(nick: string): boolean {
  return /^(anonymous|ftp)$/i.test(nick)
}

function auth(session: Session, mechanism: string): Step {
  if (!/^(TLS(-C|-P)?|SSL)$/i.test(mechanism)) {
    return replied(session, reply(504, 'TLS is what there is.'))
  }
  if (session.isSecure) return replied(session, reply(503, 'This connection is encrypted.'))
  if (!session.rules.hasTls) return replied(session, reply(431, 'There is no certificate yet.'))
  // Whatever came before can be from somebody else: RFC 4217 section 4.
  const next: Session = {
    ...session,
    ...defaultParameters(),
    login: { kind: 'nobody' },
    cwd: '/',
    waiting: [],
    busy: 'work',
  }
  return [
    next,
    [
      { kind: 'closeData' },
      { kind: 'logOut' },
      { kind: 'reply', reply: reply(234, 'Begin the handshake.') },
      { kind: 'secure' },
    ],
  ]
}

function bufferSize(session: Session, size: string): Step {
  if (!session.isSecure) return replied(session, reply(503, 'AUTH TLS comes first.'))
  if (!/^\d{1,10}$/.test(size)) return badArgument(session, 'PBSZ takes a number: 0.')
  return replied({ ...session, hasBufferSize: true }, reply(200, 'PBSZ=0'))
}

function protection(session: Session, level: string): Step {
  if (!session.isSecure) return replied(session, reply(503, 'AUTH TLS comes first.'))
  if (!session.hasBufferSize) return replied(session, reply(503, 'PBSZ 0 comes first.'))
  switch (level.toUpperCase()) {
    case 'P':
      return replied({ ...session, isDataSecure: true }, reply(200, 'Data is encrypted.'))
    case 'C':
      return session.rules.demandsTls
        ? replied(session, reply(534, 'Data is encrypted here: PROT P.'))
        : replied({ ...session, isDataSecure: false }, reply(200, 'Data is not encrypted.'))
    case 'S':
    case 'E':
      return replied(session, reply(536, 'TLS has no such level: PROT P, or PROT C.'))
    default:
      return replied(session, reply(504, 'There is no such level: PROT P, or PROT C.'))
  }
}

/** After a log-in that was refused. */
export function refusedLogin(session: Session, refusal: ReturnType<typeof reply>): Step {
  const wrongLogins = session.wrongLogins + 1
  const next: Session = { ...session, login: { kind: 'nobody' }, busy: 'no', wrongLogins }
  if (wrongLogins < WRONG_LOGINS_MAX && refusal.code !== 421) return replied(next, refusal)
  const [, effects] = goodbye(next)
  const last = refusal.code === 421 ? refusal : reply(421, ...refusal.lines)
  return [{ ...next, isOver: true }, [{ kind: 'reply', reply: last }, ...effects.slice(1)]]
}

export function goodbye(session: Session, last = reply(221, 'Goodbye.')): Step {
  const over: Session = { ...session, isOver: true, waiting: [] }
  return [over, [{ kind: 'reply', reply: last }, { kind: 'closeData' }, { kind: 'end' }]]
}

export const ENCRYPT_FIRST = reply(
  530,
  'Only encrypted log-ins are taken here: AUTH TLS first (“explicit TLS” in most clients).',
)
