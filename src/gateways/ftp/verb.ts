/** What the files of verbs share. */
import type { FileUser } from '../../services/files/types.ts'
import { pathFrom } from './paths.ts'
import { reply } from './replies.ts'
import { replied, type Session, type Step, type Work } from './session.ts'

export interface Verb {
  readonly argument: 'none' | 'optional' | 'required'
  readonly needs: 'nothing' | 'login'
  /** As `HELP` tells it, behind the verb. */
  readonly syntax: string
  readonly run: (session: Session, argument: string) => Step
}

export type Verbs = Readonly<Record<string, Verb>>

export function verb(syntax: string, run: Verb['run'], needs: Verb['needs'] = 'login'): Verb {
  const argument = syntax === '' ? 'none' : syntax.startsWith('[') ? 'optional' : 'required'
  return { argument, needs, syntax, run }
}

/** One that needs no log-in. */
export function freeVerb(syntax: string, run: Verb['run']): Verb {
  return verb(syntax, run, 'nothing')
}

export function badArgument(session: Session, problem: string): Step {
  return replied(session, reply(501, problem))
}

export function work(session: Session, ask: Work): Step {
  return [{ ...session, busy: 'work' }, [{ kind: 'work', work: ask, user: userOf(session) }]]
}

/** A verb whose argument is a path. */
export function onPath(of: (path: string, session: Session) => Work): Verb['run'] {
  return (session, argument) =>
    withPath(session, argument, (path) => work(session, of(path, session)))
}

export function withPath(session: Session, argument: string, run: (path: string) => Step): Step {
  const path = pathFrom(session.cwd, argument)
  return path === undefined ? badArgument(session, 'This path is too long.') : run(path)
}

/** @throws where nobody is logged in, which `step` has looked at */
export function userOf({ login }: Session): FileUser {
  if (login.kind !== 'in') throw new Error('nobody is logged in')
  return login.user
}

/** A whole number that is exact; `undefined` for anything else. */
export function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : undefined
}
