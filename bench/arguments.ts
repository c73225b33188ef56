/** Arguments of a bench: what is wrong with them is told with where its help is. */
import { parseArgs, type ParseArgsConfig } from 'node:util'

import { AnilloError } from '../src/base/errors.ts'

export class BenchArguments {
  readonly #bench: string

  constructor(bench: string) {
    this.#bench = bench
  }

  /** @throws AnilloError USAGE */
  values<const O extends NonNullable<ParseArgsConfig['options']>>(
    args: readonly string[],
    options: O,
  ) {
    try {
      return parseArgs({ args: [...args], options }).values
    } catch (thrown) {
      throw this.usage(thrown instanceof Error ? thrown.message : String(thrown))
    }
  }

  /** Of `--only`. @throws AnilloError USAGE */
  parts<P extends string>(text: string, known: readonly P[]): readonly P[] {
    return text.split(',').map((name) => {
      const part = known.find((each) => each === name)
      if (part === undefined) throw this.usage(`--only takes ${known.join(', ')}, not ${name}`)
      return part
    })
  }

  /** @throws AnilloError USAGE */
  count(text: string): number {
    const count = Number(text)
    if (!Number.isInteger(count) || count < 1) throw this.usage(`“${text}” is no count`)
    return count
  }

  /** Several, with commas between them. @throws AnilloError USAGE */
  counts(text: string): readonly number[] {
    return text.split(',').map((each) => this.count(each))
  }

  usage(problem: string): AnilloError {
    return new AnilloError('USAGE', {
      problem: `${problem} (npx anillo bench ${this.#bench} --help)`,
    })
  }
}
