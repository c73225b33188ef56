import assert from 'node:assert/strict'
import { test } from 'node:test'

import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import fastify from 'fastify'
import { Type } from 'typebox'

import { Hex32 } from '../../wire/shapes.ts'
import { fakeDoor } from './fakes.test-helper.ts'
import { errorHandler } from './problem.ts'
import { Refusals } from './refusals.ts'

const ID = 'ab'.repeat(16)

/** What is said of a request for these, by the validator that the doors have. */
async function said(url: string, payload: object = { names: ['a'] }): Promise<string> {
  await using server = fastify()
  server.setValidatorCompiler(TypeBoxValidatorCompiler)
  server.setErrorHandler(errorHandler(fakeDoor().log, new Refusals()))
  const schema = {
    params: Type.Object({ id: Hex32 }),
    querystring: Type.Object(
      {
        q: Type.String({ minLength: 1, maxLength: 99 }),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })),
        sort: Type.Optional(Type.Union([Type.Literal('up'), Type.Literal('down')])),
      },
      { additionalProperties: false },
    ),
    body: Type.Object(
      {
        names: Type.Array(Type.String({ maxLength: 4 }), { minItems: 1 }),
        code: Type.Optional(Type.String({ pattern: '^[0-9]{6}$' })),
        form: Type.Optional(Type.String({ pattern: '^a+$' })),
        either: Type.Optional(
          Type.Union([
            Type.String(),
            Type.Object({ x: Type.Number() }, { additionalProperties: false }),
          ]),
        ),
        level: Type.Optional(
          Type.Union([Type.Literal('low'), Type.Literal('high'), Type.Number()]),
        ),
      },
      { additionalProperties: false },
    ),
  }
  server.post('/:id', { schema }, async () => ({ detail: 'taken' }))
  const answer = await server.inject({ method: 'POST', url, payload })
  const { detail } = answer.json<{ detail: string }>()
  return detail.replace(/^The request is malformed: (.*)\.$/, '$1')
}

test('what an address says is named with its value, and with what it ought to be', async () => {
  assert.equal(await said(`/${ID}?q=a`), 'taken')
  const long = 'x'.repeat(100)
  const cases = {
    '/deadbeef?q=a': 'id is “deadbeef”, and ought to be 32 hex digits (0 to 9, a to f)',
    [`/${ID}?q=`]: 'q is empty, and ought to be 1 character at least',
    [`/${ID}`]: 'q is missing',
    [`/${ID}?q=${long}`]: `q is “${long.slice(0, 64)}…”, and ought to be 99 characters at most`,
    [`/${ID}?q=a&limit=x`]: 'limit is “x”, and ought to be a whole number',
    [`/${ID}?q=a&limit=77`]: 'limit is 77, and ought to be 9 at most',
    [`/${ID}?q=a&limit=0`]: 'limit is 0, and ought to be 1 at least',
    [`/${ID}?q=a&sort=on`]: 'sort is “on”, and ought to be one of “up”, “down”',
    [`/${ID}?q=a&z=1`]: '“z” is not known here',
    '/a%E2%80%AEb%07?q=a':
      'id is “a\u{fffd}b\u{fffd}”, and ought to be 32 hex digits (0 to 9, a to f)',
  }
  for (const [url, words] of Object.entries(cases)) assert.equal(await said(url), words)
})

test('of a body the place is named, and no value: it may be a secret', async () => {
  const url = `/${ID}?q=a`
  assert.equal(await said(url, {}), 'names is missing')
  assert.equal(await said(url, []), 'the body ought to be an object')
  assert.equal(await said(url, { names: [] }), 'names ought to be a list of 1 item at least')
  assert.equal(
    await said(url, { names: ['a', 'hunter2'] }),
    'names[1] ought to be 4 characters at most',
  )
  assert.equal(await said(url, { names: [3] }), 'names[0] ought to be text')
  assert.equal(await said(url, { names: ['a'], code: 'hunter2' }), 'code ought to be 6 digits')
  assert.equal(await said(url, { names: ['a'], form: 'b' }), 'form ought to be of the form ^a+$')
  assert.equal(await said(url, { names: ['a'], nmae: 1 }), '“nmae” is not known here')
})

test('of a choice of shapes all are told, or what the one that fits furthest lacks', async () => {
  const either = (value: unknown): Promise<string> =>
    said(`/${ID}?q=a`, { names: ['a'], either: value })
  assert.equal(await either(3), 'either ought to be text, or an object')
  assert.equal(await either({ x: 'hunter2' }), 'either.x ought to be a number')
  assert.equal(await either({}), 'either.x is missing')
  assert.equal(await either({ x: 1, y: 2 }), '“either.y” is not known here')
  assert.equal(await either(true), 'either ought to be text, or an object')
  const level = (value: unknown): Promise<string> =>
    said(`/${ID}?q=a`, { names: ['a'], level: value })
  assert.equal(await level('mid'), 'level ought to be one of “low”, “high”, or a number')
  assert.equal(await level(3), 'taken')
})
