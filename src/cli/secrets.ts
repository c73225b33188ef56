/** Passwords, asked for so that they are not shown, or read from a pipe. */
import { AnilloError } from '../base/errors.ts'
import { line, type Io } from './io.ts'

/** @throws AnilloError USAGE where nobody says one */
export async function secretOf(io: Io, question: string): Promise<string> {
  const secret = await io.askSecret(question)
  if (secret !== undefined && secret !== '') return secret
  throw new AnilloError('USAGE', {
    problem: 'A password is needed: type it at a terminal, or hand it over on standard input.',
  })
}

const TRIES = 3

/**
 * Asked for twice where somebody types it.
 * @param check throws where it is none that can be taken, before it is asked for again
 * @throws AnilloError USAGE, and what `check` throws
 */
export async function newSecretOf(
  io: Io,
  question: string,
  check: (secret: string) => void,
): Promise<string> {
  for (let tries = 0; tries < TRIES; tries++) {
    const secret = await secretOf(io, question)
    check(secret)
    if (!io.isTyped || (await io.askSecret('The same again: ')) === secret) return secret
    line(io.err, 'They differ.')
  }
  throw new AnilloError('USAGE', { problem: 'The two passwords differ.' })
}
