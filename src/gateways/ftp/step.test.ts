/** The session as a machine: every verb, right and wrong, and whatever else may come. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { reply } from './replies.ts'
import {
  newSession,
  type Effect,
  type Event,
  type Session,
  type SessionRules,
  type Transfer,
} from './session.ts'
import { step, VERBS } from './step.ts'

const RULES: SessionRules = {
  hasTls: true,
  demandsTls: false,
  hasGuests: false,
  client: '127.0.0.1',
  version: '0.0.0',
}
const USER = { nick: 'ana', isManager: false, mayWrite: true, groups: [] }

function fresh(rules: Partial<SessionRules> = {}): Session {
  return newSession({ ...RULES, ...rules }, false)
}

function loggedIn(rules: Partial<SessionRules> = {}): Session {
  const session = { ...fresh(rules), busy: 'work' } as const
  return step(session, { kind: 'loggedIn', user: USER, home: '/shared' })[0]
}

function say(session: Session, ...lines: readonly string[]): readonly [Session, readonly Effect[]] {
  let at = session
  let effects: readonly Effect[] = []
  for (const text of lines) [at, effects] = step(at, { kind: 'line', line: { kind: 'line', text } })
  return [at, effects]
}

/** Codes of replies, and other effects by their kind. */
function outcome(session: Session, ...lines: readonly string[]): readonly (number | string)[] {
  const [, effects] = say(session, ...lines)
  return effects.map((effect) => (effect.kind === 'reply' ? effect.reply.code : effect.kind))
}

function done(session: Session, change: Extract<Event, { kind: 'done' }>['change'] = {}): Session {
  return step(session, { kind: 'done', reply: reply(250, 'Done.'), change })[0]
}

/** Ready for a data connection. */
function passive(session: Session): Session {
  return done(say(session, 'EPSV')[0], { data: { kind: 'passive' } })
}

test('without a log-in each verb that needs one answers 530, and does nothing', () => {
  for (const [name, { argument, needs }] of Object.entries(VERBS)) {
    const line = argument === 'none' ? name : `${name} x`
    if (needs === 'login') assert.deepEqual(outcome(fresh(), line), [530], name)
  }
})

test('a missing argument, and one too many, answer 501', () => {
  for (const [name, { argument }] of Object.entries(VERBS)) {
    if (argument === 'required') assert.deepEqual(outcome(loggedIn(), name), [501], name)
    if (argument === 'none') assert.deepEqual(outcome(loggedIn(), `${name} x`), [501], name)
  }
})

const AT_ONCE: readonly (readonly [string, number])[] = [
  ['XYZZY', 500],
  ['', 500],
  ['toString', 500],
  ['NOOP', 200],
  ['noop', 200],
  ['SYST', 215],
  ['FEAT', 211],
  ['HELP', 214],
  ['HELP STOR', 214],
  ['HELP XYZZY', 502],
  ['HELP SITE', 214],
  ['STAT', 211],
  ['PWD', 257],
  ['XPWD', 257],
  ['ACCT x', 202],
  ['SMNT x', 502],
  ['TYPE I', 200],
  ['TYPE A', 200],
  ['TYPE A N', 200],
  ['TYPE L 8', 200],
  ['TYPE A T', 504],
  ['TYPE E', 504],
  ['TYPE L 36', 504],
  ['TYPE X', 501],
  ['STRU F', 200],
  ['STRU R', 504],
  ['STRU X', 501],
  ['MODE S', 200],
  ['MODE B', 504],
  ['REST 5', 350],
  ['REST -5', 501],
  ['REST 99999999999999999999', 501],
  ['RANG 1 2', 350],
  ['RANG 2 1', 350],
  ['RANG x', 501],
  ['ALLO x', 501],
  ['RNTO x', 503],
  ['SITE CPTO x', 503],
  ['SITE XYZZY', 504],
  ['SITE CHMOD 999 x', 501],
  ['SITE UTIME x y', 501],
  ['SITE RESTORE x', 501],
  ['SITE HELP', 214],
  ['PBSZ 0', 503],
  ['PROT P', 503],
  ['CCC', 533],
  ['AUTH KERBEROS_V4', 504],
  ['HOST x', 503],
  ['LANG en', 200],
  ['LANG xx', 504],
  ['CLNT x', 200],
  ['CSID Name=x;', 200],
  ['OPTS UTF8 ON', 200],
  ['OPTS UTF8 OFF', 504],
  ['OPTS HASH MD5', 200],
  ['OPTS HASH ROT13', 501],
  ['OPTS XYZZY', 501],
  ['MFMT x y', 501],
  ['MFF Size=1; x', 504],
  ['MFF Modify=x; x', 501],
  ['MFF x', 501],
  [`MFF ${'a='.repeat(4_000)}`, 501],
  ['COMB a', 501],
  ['COMB "a" "b', 501],
  ['XMD5 "a" x', 501],
  ['PORT 127,0,0,1,4,1', 200],
  ['PORT 127,0,0,2,4,1', 501],
  ['PORT 127,0,0,1,0,21', 501],
  ['PORT x', 501],
  ['EPRT |1|127.0.0.1|5000|', 200],
  ['EPRT |1|192.0.2.1|5000|', 501],
  ['EPRT |9|127.0.0.1|5000|', 522],
  ['EPSV 2', 522],
  ['EPSV x', 501],
  ['EPSV ALL', 200],
  ['ABOR', 226],
  ['RETR x', 425],
  ['STOR x', 425],
  ['LIST', 425],
  [`CWD ${'x'.repeat(5_000)}`, 501],
]

for (const [line, code] of AT_ONCE) {
  test(`${line.slice(0, 40)} answers ${code}`, () => {
    const codes = outcome(loggedIn(), line).filter((one) => typeof one === 'number')
    assert.deepEqual(codes, [code])
  })
}

test('RNTO goes with the RNFR right before it alone', () => {
  const named = done(say(loggedIn(), 'RNFR a')[0], { renameFrom: '/shared/a' })
  const [, effects] = say(named, 'RNTO b')
  const [effect] = effects
  assert.ok(effect?.kind === 'work')
  assert.deepEqual(effect.work, { do: 'rename', from: '/shared/a', to: '/shared/b' })
  assert.deepEqual(outcome(named, 'PWD', 'RNTO b'), [503])
  assert.deepEqual(outcome(named, 'NOOP', 'RNTO b'), ['work'])
})

test('a log-in takes USER and PASS, and three wrong ones end the connection', () => {
  let session = fresh()
  assert.deepEqual(outcome(session, 'PASS x'), [503])
  for (let left = 3; left > 0; left--) {
    ;[session] = say(session, 'USER ana', 'PASS x')
    const refused = step(session, { kind: 'notLoggedIn', reply: reply(530, 'No.') })
    session = refused[0]
    assert.equal(session.isOver, left === 1)
  }
  assert.deepEqual(outcome(session, 'NOOP'), [])
})

test('where encryption is demanded nobody logs in without, and no data goes without', () => {
  const session = fresh({ demandsTls: true })
  assert.deepEqual(outcome(session, 'USER ana'), [530])
  const [starting] = say(session, 'AUTH TLS')
  const [secure] = step(starting, { kind: 'secured' })
  assert.deepEqual(outcome(secure, 'USER ana'), [331])
  assert.deepEqual(outcome(secure, 'PROT P'), [503])
  assert.deepEqual(outcome(secure, 'PBSZ 0', 'PROT C'), [534])
  assert.deepEqual(outcome(secure, 'PBSZ 0', 'PROT S'), [536])
  const [asked] = say(secure, 'USER ana', 'PASS x')
  const [inside] = step(asked, { kind: 'loggedIn', user: USER, home: '/' })
  assert.deepEqual(outcome(passive(inside), 'LIST'), ['closeData', 522])
  const [ready] = say(inside, 'PBSZ 0', 'PROT P')
  assert.deepEqual(outcome(passive(ready), 'LIST'), ['transfer'])
  assert.deepEqual(outcome(ready, 'CCC'), [534])
  assert.deepEqual(outcome(ready, 'AUTH TLS'), [503])
})

test('AUTH forgets who was logged in, and what was sent ahead', () => {
  const working = say(loggedIn(), 'MKD a', 'AUTH TLS', 'USER eve', 'NOOP')[0]
  const after = done(working)
  assert.deepEqual([after.waiting, after.login.kind, after.busy], [[], 'nobody', 'work'])
})

test('after EPSV ALL there is no other way to data', () => {
  const [session] = say(loggedIn(), 'EPSV ALL')
  for (const line of ['PASV', 'PORT 127,0,0,1,4,1', 'EPRT |1|127.0.0.1|5000|']) {
    assert.deepEqual(outcome(session, line), [503], line)
  }
  assert.deepEqual(outcome(session, 'EPSV'), ['closeData', 'listen'])
})

test('over IPv6 PASV points to EPSV', () => {
  assert.deepEqual(outcome(loggedIn({ client: '2001:db8::1' }), 'PASV'), [425])
  assert.deepEqual(outcome(loggedIn({ client: '2001:db8::1' }), 'EPSV 1'), [522])
})

test('REST and RANG hold for the next transfer alone', () => {
  const transferOf = (session: Session, line: string): Transfer | undefined => {
    const effect = say(session, line)[1].find(({ kind }) => kind === 'transfer')
    return effect?.kind === 'transfer' ? effect.transfer : undefined
  }
  const [session] = say(passive(loggedIn()), 'TYPE I', 'REST 5')
  const first = transferOf(session, 'RETR a')
  assert.deepEqual(first?.what === 'send' && first.range, { from: 5 })
  const later = passive(done(say(session, 'RETR a')[0]))
  const second = transferOf(later, 'RETR a')
  assert.deepEqual(second?.what === 'send' && second.range, { from: 0 })
  const [ranged] = say(passive(loggedIn()), 'TYPE I', 'RANG 1 4')
  assert.deepEqual(outcome(ranged, 'STOR a'), [503])
})

test('in a transfer ABOR and STAT are heard at once, all else after it', () => {
  const [running] = say(passive(loggedIn()), 'RETR a')
  assert.deepEqual(outcome(running, 'NOOP'), [])
  assert.deepEqual(outcome(running, 'STAT'), ['tellProgress'])
  assert.deepEqual(outcome(running, 'ABOR'), ['abort'])
  const [waiting] = say(running, 'NOOP', 'SYST', 'ABOR')
  const [, effects] = step(waiting, { kind: 'done', reply: reply(426, 'Broken off.') })
  const codes = effects.map((effect) => effect.kind === 'reply' && effect.reply.code)
  assert.deepEqual(codes, [426, 226, 200, 215])
})

test('an end in the middle of a transfer breaks it off', () => {
  const [running] = say(passive(loggedIn()), 'RETR a')
  const [over, effects] = step(running, { kind: 'ended', reply: reply(421, 'Enough.') })
  assert.deepEqual(
    effects.map(({ kind }) => kind),
    ['abort', 'reply', 'closeData', 'end'],
  )
  assert.equal(over.isOver, true)
})

test('whatever is sent in whatever order, step() answers, and never two things at once', () => {
  const names = Object.keys(VERBS)
  const argument = fc.oneof(
    fc.string(),
    fc.constantFrom('', 'TLS', '0', 'P', 'I', 'A', 'ALL', '/', '..', '"a" "b"', '|1|127.0.0.1|9|'),
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.tuple(fc.constantFrom(...names), argument).map(([name, given]) => `${name} ${given}`),
  )
  const line = text.map((said): Event => ({ kind: 'line', line: { kind: 'line', text: said } }))
  const event = fc.oneof(
    { weight: 5, arbitrary: line },
    fc.constant<Event>({ kind: 'done', reply: reply(250, 'Done.') }),
    fc.constant<Event>({ kind: 'line', line: { kind: 'bad', problem: 'too long' } }),
    fc.constant<Event>({ kind: 'loggedIn', user: USER, home: '/' }),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      let session = fresh()
      for (const one of events) {
        if (one.kind !== 'line' && session.busy === 'no') continue
        const before = session
        const [next, effects] = step(before, one)
        const begun = effects.filter(({ kind }) => BEGINNING.has(kind))
        assert.ok(begun.length <= 1, 'one thing at a time')
        assert.equal(begun.length === 1 && next.busy === 'no', false)
        session = next
      }
    }),
  )
})

const BEGINNING: ReadonlySet<string> = new Set(['work', 'transfer', 'listen', 'logIn', 'secure'])
