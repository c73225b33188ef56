import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../base/errors.ts'
import { fakeDoor } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'

const ONE = { name: 'stableMs', value: 60_000, default: 60_000, min: 0, max: 9, what: 'stillness' }

async function ask(method: 'GET' | 'PUT', path: string, payload?: object) {
  const changes: unknown[] = []
  const server = await createGateway({
    ...fakeDoor(),
    settings: {
      settings: async () => [ONE],
      set: async (name, value) => {
        if (name !== ONE.name) throw new AnilloError('NOT_FOUND', { what: `setting ${name}` })
        changes.push([name, value])
      },
    },
  })
  const headers = { host: 'localhost:9100' }
  const url = `/v1/ring/settings${path}`
  const answer = await server.inject({ method, url, headers, ...(payload && { payload }) })
  await server.close()
  return { answer, changes }
}

test('/v1/ring/settings shows all and changes one', async () => {
  const shown = await ask('GET', '')
  assert.deepEqual(shown.answer.json(), { settings: [ONE] })
  for (const value of [7, null]) {
    const { answer, changes } = await ask('PUT', '/stableMs', { value })
    assert.deepEqual(answer.json(), { settings: [ONE] })
    assert.deepEqual(changes, [['stableMs', value]])
  }
})

test('/v1/ring/settings changes nothing where name or value is none', async () => {
  const cases: readonly (readonly [string, object | undefined, number])[] = [
    ['/never', { value: 7 }, 404],
    ['/stableMs', { value: 'seven' }, 400],
    ['/stableMs', { value: 7.5 }, 400],
    ['/stableMs', {}, 400],
    ['/stableMs', undefined, 400],
    [`/${'x'.repeat(65)}`, { value: 7 }, 400],
  ]
  for (const [path, body, status] of cases) {
    const { answer, changes } = await ask('PUT', path, body)
    assert.equal(answer.statusCode, status, `${path} ${JSON.stringify(body)}: ${answer.body}`)
    assert.deepEqual(changes, [])
  }
})
