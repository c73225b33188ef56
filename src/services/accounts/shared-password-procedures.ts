/** Guesses of passwords that belong to no account, such as those of public links. */
import { Type, type Static } from 'typebox'

import { defineProcedure } from '../../store/partition/procedures.ts'
import { reader } from '../../wire/method.ts'
import { countGuess, type ShutOut } from './guess-count.ts'
import { GUESSES_A_SUBJECT_MAX } from './limits.ts'
import { ADDRESSES_TABLE, subjectKey } from './places.ts'

const Input = Type.Object({ subject: Type.String({ pattern: '^[a-z0-9.]{1,60}$' }) })
type Input = Readonly<Static<typeof Input>>

export const guessSubject = defineProcedure({
  name: 'users.guessSubject',
  tables: [ADDRESSES_TABLE],
  readInput: reader(Input),
  freesRoom: () => true,
  run: (work, { subject }: Input): ShutOut | null => {
    const shut = countGuess(work, subjectKey(subject), GUESSES_A_SUBJECT_MAX)
    return shut === undefined ? null : { shutForMs: shut.shutForMs }
  },
})

/** The right one was shown: whoever knows it need not guess. */
export const forgetSubject = defineProcedure({
  name: 'users.forgetSubject',
  tables: [ADDRESSES_TABLE],
  readInput: reader(Input),
  freesRoom: () => true,
  run: (work, { subject }: Input): null => {
    work.delete(subjectKey(subject))
    return null
  },
})

export const SHARED_PASSWORD_PROCEDURES = [guessSubject, forgetSubject]
