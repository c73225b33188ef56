/**
 * What a request says, however it says it: behind the `?`, as a form, as JSON. Mastodon takes each
 * of them everywhere, and so clients differ. `id[]` is as `id`, and an object in JSON as
 * `source[privacy]` in a form.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'

import { AnilloError } from '../../../base/errors.ts'
import { parseQuery } from '../query.ts'
import { readForm } from './multipart.ts'
import { MastodonRefusal, unprocessable } from './refusal.ts'

const DEPTH_MAX = 4
const VALUES_MAX = 1_000
const FALSE: ReadonlySet<string> = new Set(['false', '0', 'f', 'off', 'FALSE', 'F', 'OFF', ''])

type Pair = readonly [key: string, text: string]

export class Params {
  readonly #values = new Map<string, string[]>()
  readonly #objects = new Map<string, Record<string, string>[]>()
  #count = 0

  static of({ body, query }: Pick<FastifyRequest, 'body' | 'query'>): Params {
    const params = new Params()
    params.#take('', query, 0)
    params.#take('', body, 0)
    return params
  }

  /** All that was said, in one order: the same for the same request. */
  get text(): string {
    return JSON.stringify([...this.#values])
  }

  get(name: string): string | undefined {
    return this.#values.get(name)?.at(-1)
  }

  /** @throws MastodonRefusal 422 */
  require(name: string): string {
    const value = this.get(name)
    if (value === undefined || value === '') throw unprocessable(`${name} can't be blank`)
    return value
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }

  /**
   * Of a list of objects, those of its members that are texts. In a form (`name[][key]`), which
   * keeps no order between keys, each object says as much as the others.
   * @throws MastodonRefusal 422
   */
  objects(name: string): readonly Readonly<Record<string, string>>[] {
    const given = this.#objects.get(name) ?? []
    const prefix = `${name}[][`
    const columns = [...this.#values].filter(([key]) => key.startsWith(prefix))
    const first = columns[0]?.[1] ?? []
    if (columns.some(([, values]) => values.length !== first.length)) {
      throw unprocessable(`${name} do not fit together`)
    }
    const formed = first.map((_, at) => {
      const pairs = columns.map(([key, values]): Pair => {
        return [key.slice(prefix.length, -1), values[at] ?? '']
      })
      return Object.fromEntries(pairs)
    })
    return [...given, ...formed]
  }

  /** `undefined`: nothing was said. */
  flag(name: string): boolean | undefined {
    const value = this.get(name)
    return value === undefined ? undefined : !FALSE.has(value)
  }

  /** Of what is asked for, at most so much; what is no number counts as nothing said. */
  count(name: string, { most, usual }: { readonly most: number; readonly usual: number }): number {
    const number = Number(this.get(name) ?? usual)
    return Number.isInteger(number) && number > 0 ? Math.min(number, most) : usual
  }

  #take(name: string, value: unknown, depth: number): void {
    if (value === null || value === undefined) return
    if (typeof value === 'object') {
      if (depth === DEPTH_MAX) throw new AnilloError('BAD_REQUEST', { problem: 'it is too deep' })
      if (Array.isArray(value)) this.#takeObjects(name, value)
      for (const [key, one] of Object.entries(value)) {
        this.#take(Array.isArray(value) ? name : within(name, key), one, depth + 1)
      }
      return
    }
    if (++this.#count > VALUES_MAX) {
      throw new AnilloError('BAD_REQUEST', { problem: 'it has too many values' })
    }
    const plain = name.replace(/\[\]$/, '')
    const values = this.#values.get(plain) ?? []
    values.push(typeof value === 'string' ? value : JSON.stringify(value))
    this.#values.set(plain, values)
  }

  #takeObjects(name: string, list: readonly unknown[]): void {
    const objects = list.flatMap((one): Record<string, string>[] => {
      if (typeof one !== 'object' || one === null || Array.isArray(one)) return []
      const texts = Object.entries(one).flatMap(([key, its]): Pair[] => {
        return typeof its === 'string' ? [[key, its]] : []
      })
      return [Object.fromEntries(texts)]
    })
    if (objects.length > 0) {
      this.#objects.set(name, [...(this.#objects.get(name) ?? []), ...objects])
    }
  }
}

function within(name: string, key: string): string {
  if (name === '') return key
  return `${name}[${key}]`
}

/** For a scope of its own. */
export function readAnyForm(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    const text = String(body)
    try {
      const value: unknown = text.trim() === '' ? {} : JSON.parse(text)
      done(null, value)
    } catch {
      done(new AnilloError('BAD_REQUEST', { problem: 'the body is no JSON' }))
    }
  })
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, parseQuery(String(body))),
  )
  scope.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer' },
    ({ headers }, body, done) => {
      const parts = readForm(headers['content-type'] ?? '', Buffer.from(body))
      if (parts === undefined) {
        done(new AnilloError('BAD_REQUEST', { problem: 'the body is no form' }))
      } else if (parts.some((part) => part.kind === 'file' && !part.isEmpty)) {
        done(new MastodonRefusal(422, 'Validation failed: files are not taken here'))
      } else {
        const texts = Map.groupBy(
          parts.filter((part) => part.kind === 'text'),
          ({ name }) => name,
        )
        const values = [...texts].map(([name, some]) => [name, some.map(({ value }) => value)])
        done(null, Object.fromEntries(values))
      }
    },
  )
}
