/** Tasks of the suite for Workers. */
import { AnilloError } from '../../src/base/errors.ts'

export const tasks = {
  double: (input: unknown): unknown => Number(input) * 2,
  refuse: (): never => {
    throw new AnilloError('TOO_LARGE', { what: 'the page', limit: 5 })
  },
  stumble: (): never => {
    throw new TypeError('a bug')
  },
  echo: (input: unknown): unknown => input,
}
