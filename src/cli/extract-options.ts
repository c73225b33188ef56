/** What to extract from a page, as it is said on the command line. */
import { readFile } from 'node:fs/promises'

import { InvalidArgumentError, Option } from 'commander'
import { Check } from 'typebox/value'

import { AnilloError } from '../base/errors.ts'
import { ExtractSpec } from '../wire/api-extract.ts'
import { unreadableFile } from './given-file.ts'

export interface ExtractFlags {
  readonly extract?: string
  readonly select?: Readonly<Record<string, string>>
  readonly text?: true
  readonly markdown?: true
}

export function extractFileOption(): Option {
  return new Option('--extract <file>', 'extract what this JSON file says (docs/extraction.md)')
}

/** NAME=SELECTOR, any number of times. */
export function selectOption(): Option {
  return new Option(
    '--select <name=selector>',
    'extract the text of what a CSS selector matches',
  ).argParser((text: string, before: Readonly<Record<string, string>> | undefined) => {
    const [, name, selector] = /^([^=]+)=(.+)$/s.exec(text) ?? []
    if (name === undefined || selector === undefined) {
      throw new InvalidArgumentError('Write it as NAME=SELECTOR, such as price=.price.')
    }
    return { ...before, [name]: selector }
  })
}

/** `undefined`: nothing. @throws AnilloError USAGE */
export async function specOf(flags: ExtractFlags): Promise<ExtractSpec | undefined> {
  const { extract, markdown, select, text } = flags
  const isAny = [extract, markdown, select, text].some((flag) => flag !== undefined)
  if (!isAny) return undefined
  const said = extract === undefined ? {} : await readSpec(extract)
  const fields = { ...said.fields, ...select }
  return {
    ...said,
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
    ...(text === undefined ? {} : { text }),
    ...(markdown === undefined ? {} : { markdown }),
  }
}

export async function readSpec(path: string): Promise<ExtractSpec> {
  const spec = parsed(path, await readFile(path, 'utf8').catch(unreadable(path)))
  if (Check(ExtractSpec, spec)) return spec
  const problem = `${path} does not say what to extract, as docs/extraction.md has it.`
  throw new AnilloError('USAGE', { problem })
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new AnilloError('USAGE', { problem: `${path} is not JSON: ${said}` }, { cause })
  }
}

function unreadable(path: string): (thrown: unknown) => never {
  return (thrown) => {
    throw unreadableFile(path, thrown)
  }
}
