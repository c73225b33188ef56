/**
 * How a command ends badly: one sentence that says what to do, and an exit code that says what
 * kind.
 */
import { asAnilloError, type AnilloError, type ErrorCode } from '../base/errors.ts'
import { line, type Io } from './io.ts'
import { paintFor } from './paint.ts'
import { quoted } from './quoted.ts'

export const EXIT = { done: 0, failed: 1, usedWrongly: 2, ringNotReachable: 3 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

const USED_WRONGLY: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'USAGE',
  'BIO_UNFIT',
  'DWEET_EMPTY',
  'DWEET_SELF_FOLLOW',
  'DWEET_TOO_LONG',
  'DWEET_UNFIT',
  'WARNING_UNFIT',
  'NICK_UNFIT',
  'NAME_UNFIT',
  'PASSWORD_UNFIT',
  'SETTING_INVALID',
  'TOKEN_MALFORMED',
  'URL_MALFORMED',
  'URL_SCHEME',
  'URL_TOO_LONG',
])

export function exitCodeOf(error: AnilloError): ExitCode {
  if (USED_WRONGLY.has(error.code)) return EXIT.usedWrongly
  if (error.code === 'RING_NOT_REACHABLE') return EXIT.ringNotReachable
  return EXIT.failed
}

/** Tells what was thrown, without a stack unless ANILLO_DEBUG asks for one. */
export function tellFailure(io: Io, thrown: unknown, args: readonly string[] = []): ExitCode {
  const error = asAnilloError(thrown)
  const paint = paintFor(io, io.err)
  line(io.err, `${paint('red', 'anillo:')} ${error.message} ${paint('dim', `[${error.code}]`)}`)
  if (isOn(io.env['ANILLO_DEBUG'])) tellStack(io, error)
  else if (error.code === 'INTERNAL') tellUnexpected(io, error)
  else if (error.code === 'LOGIN_FIRST') line(io.err, `  ${loginText(io, args)}`)
  return exitCodeOf(error)
}

function tellStack(io: Io, error: AnilloError): void {
  line(io.err, error.stack ?? '')
  if (error.cause instanceof Error)
    line(io.err, `caused by ${error.cause.stack ?? error.cause.message}`)
}

function loginText({ env }: Io, args: readonly string[]): string {
  const isKeyed = (env['ANILLO_TOKEN'] ?? '') !== ''
  if (isKeyed) return 'The key in ANILLO_TOKEN does not hold here.'
  const words = ['npx anillo login NICK', ...placeIn(args)].join(' ')
  return `“${words}” does, and commands are that account from then on.`
}

const PLACES = ['--at', '--data']

/** The flags that say which ring: a log-in at another one would be no use. */
function placeIn(args: readonly string[]): readonly string[] {
  return args.flatMap((word, at) => {
    const isPlace = PLACES.some((flag) => word === flag || word.startsWith(`${flag}=`))
    if (!isPlace) return []
    const value = word.includes('=') ? [] : args.slice(at + 1, at + 2)
    return [word, ...value].map(quoted)
  })
}

/** A fault of anillo itself: the person cannot mend it, but can report it. */
function tellUnexpected(io: Io, error: AnilloError): void {
  if (error.cause instanceof Error) line(io.err, `  ${error.cause.name}: ${error.cause.message}`)
  line(io.err, '  ANILLO_DEBUG=1 before the command shows where it happened.')
}

export function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0'
}
