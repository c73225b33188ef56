/** Data connections, and what goes over them. Pure. */
import type { Endpoint } from '../../effects/net.ts'
import { isIpv6, isOwn, parseExtended, parsePort, plainHost } from './addresses.ts'
import { ACTIVE_PORT_MIN } from './limits.ts'
import { nameOf } from './paths.ts'
import { reply } from './replies.ts'
import { replied, type Session, type Step, type TransferWhat } from './session.ts'
import { badArgument, userOf, verb, withPath, work, type Verbs } from './verb.ts'

export const TRANSFER_VERBS: Verbs = {
  PORT: verb('<h1,h2,h3,h4,p1,p2>', (session, argument) => {
    if (session.isExtendedOnly) return replied(session, EPSV_ONLY)
    const to = parsePort(argument)
    if (to === undefined) return badArgument(session, 'This is no address: h1,h2,h3,h4,p1,p2.')
    return active(session, to)
  }),
  EPRT: verb('<|protocol|address|port|>', (session, argument) => {
    if (session.isExtendedOnly) return replied(session, EPSV_ONLY)
    const to = parseExtended(argument)
    if (to === 'unknown protocol') return replied(session, otherProtocol(session))
    if (to === undefined) return badArgument(session, 'This is no address: |1|192.0.2.1|5000|.')
    return active(session, to)
  }),
  PASV: verb('', (session) => {
    if (session.isExtendedOnly) return replied(session, EPSV_ONLY)
    if (isIpv6(plainHost(session.rules.client))) {
      return replied(session, reply(425, 'PASV has no room for IPv6: use EPSV.'))
    }
    return listen(session, 'PASV')
  }),
  EPSV: verb('[<protocol|ALL>]', extendedPassive),
  RETR: verb('<file>', (session, argument) =>
    withPath(session, argument, (path) => {
      const { range, restartAt, type } = session
      if (type === 'A' && (range !== undefined || restartAt > 0)) return inText(session)
      return transfer(session, { what: 'send', path, range: range ?? { from: restartAt } })
    }),
  ),
  STOR: verb('<file>', (session, argument) =>
    withPath(session, argument, (path) => {
      const { range, restartAt: at, type } = session
      if (range !== undefined) return replied(session, reply(503, 'RANG is for reading.'))
      if (type === 'A' && at > 0) return inText(session)
      return transfer(session, { what: 'store', path, at })
    }),
  ),
  APPE: verb('<file>', (session, argument) =>
    withPath(session, argument, (path) => transfer(session, { what: 'append', path })),
  ),
  STOU: verb('[<name>]', (session, argument) => {
    const name = nameOf(`/${argument}`)
    return transfer(session, { what: 'storeUnique', folder: session.cwd, name })
  }),
  LIST: verb('[<path>]', (session, argument) => list(session, argument, 'list')),
  NLST: verb('[<path>]', (session, argument) => list(session, argument, 'names')),
  MLSD: verb('[<folder>]', (session, argument) =>
    withPath(session, argument, (path) =>
      transfer(session, { what: 'facts', path, facts: session.facts }),
    ),
  ),
  /** Without a transfer: what is done during one, `step` sees to. */
  ABOR: verb('', (session) => [
    { ...session, data: { kind: 'none' } },
    [
      { kind: 'closeData' },
      { kind: 'reply', reply: reply(226, 'There was nothing to break off.') },
    ],
  ]),
  STAT: {
    ...verb('[<path>]', (session, argument) =>
      argument === ''
        ? replied(session, status(session))
        : withPath(session, withoutFlags(argument), (path) =>
            work(session, { do: 'listHere', path }),
          ),
    ),
    needs: 'login',
  },
}

const EPSV_ONLY = reply(503, 'After EPSV ALL there is EPSV alone.')

function otherProtocol({ rules }: Session) {
  return reply(522, `Not this protocol, use (${isIpv6(plainHost(rules.client)) ? 2 : 1})`)
}

function active(session: Session, to: Endpoint): Step {
  if (!isOwn(to, session.rules.client)) {
    const problem = `Data goes to your own address, from port ${ACTIVE_PORT_MIN} on.`
    return badArgument(session, problem)
  }
  return [
    { ...session, data: { kind: 'active', to } },
    [{ kind: 'closeData' }, { kind: 'reply', reply: reply(200, 'Noted.') }],
  ]
}

function extendedPassive(session: Session, argument: string): Step {
  const own = isIpv6(plainHost(session.rules.client)) ? '2' : '1'
  if (argument.toUpperCase() === 'ALL') {
    return replied({ ...session, isExtendedOnly: true }, reply(200, 'EPSV alone from now on.'))
  }
  if (argument === '' || argument === own) return listen(session, 'EPSV')
  return /^[12]$/.test(argument)
    ? replied(session, otherProtocol(session))
    : badArgument(session, 'EPSV, EPSV 1, EPSV 2, or EPSV ALL.')
}

function listen(session: Session, how: 'PASV' | 'EPSV'): Step {
  const next: Session = { ...session, busy: 'work', data: { kind: 'none' } }
  return [next, [{ kind: 'closeData' }, { kind: 'listen', how }]]
}

function inText(session: Session): Step {
  return replied(session, reply(504, 'Parts of files go in TYPE I: line ends change places.'))
}

function list(session: Session, argument: string, what: 'list' | 'names'): Step {
  const given = withoutFlags(argument)
  const prefix = given.slice(0, given.lastIndexOf('/') + 1)
  return withPath(session, given, (path) => transfer(session, { what, path, prefix }))
}

/** `LIST -la folder`: what other servers hand on to `ls`. */
function withoutFlags(argument: string): string {
  return argument.replace(/^(-[A-Za-z0-9]+(\s+|$))+/, '')
}

function transfer(session: Session, what: TransferWhat): Step {
  const { data: source, isDataSecure, rules, type } = session
  const done: Session = { ...session, data: { kind: 'none' }, restartAt: 0, range: undefined }
  if (source.kind === 'none') {
    return replied(done, reply(425, 'PASV, EPSV, PORT or EPRT comes first.'))
  }
  if (rules.demandsTls && !isDataSecure) {
    return [
      done,
      [{ kind: 'closeData' }, { kind: 'reply', reply: reply(522, 'Data is encrypted: PROT P.') }],
    ]
  }
  const asked = { ...what, source, isSecure: isDataSecure, isText: type === 'A' }
  return [
    { ...done, busy: 'transfer' },
    [{ kind: 'transfer', transfer: asked, user: userOf(session) }],
  ]
}

function status(session: Session) {
  const { cwd, isDataSecure, isSecure, rules, type } = session
  return reply(
    211,
    'anillo',
    `Connected from ${rules.client}`,
    `Logged in as ${userOf(session).nick ?? 'guest'}`,
    `In ${cwd}`,
    `TYPE ${type}, STRU F, MODE S`,
    `Commands are ${isSecure ? '' : 'not '}encrypted, data is ${isDataSecure ? '' : 'not '}`,
    'That is all.',
  )
}
