import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../../base/errors.ts'
import { fakeDoor } from './fakes.test-helper.ts'
import { createGateway } from './gateway.ts'

const ID = 'ab'.repeat(16)

async function order(path: string, body?: object) {
  const ordered: string[] = []
  const server = await createGateway({
    ...fakeDoor(),
    members: {
      order: async (member, name) => {
        if (member !== ID) throw new AnilloError('NOT_FOUND', { what: 'member' })
        ordered.push(name)
        return { state: name === 'remove' ? 'removed' : 'draining' }
      },
    },
  })
  const answer = await server.inject({
    method: 'POST',
    url: `/v1/ring/members/${path}`,
    headers: { host: 'localhost:9100' },
    ...(body === undefined ? {} : { payload: body }),
  })
  await server.close()
  return { answer, ordered }
}

test('POST /v1/ring/members/{id}/{order} hands orders on, and removes at once by force alone', async () => {
  const cases: readonly (readonly [string, object | undefined, string])[] = [
    ['drain', undefined, 'drain'],
    ['undrain', undefined, 'undrain'],
    ['remove', undefined, 'leave'],
    ['remove', {}, 'leave'],
    ['remove', { force: false }, 'leave'],
    ['remove', { force: true }, 'remove'],
    ['drain', { force: true }, 'drain'],
  ]
  for (const [name, body, expected] of cases) {
    const { answer, ordered } = await order(`${ID}/${name}`, body)
    assert.equal(answer.statusCode, 200, answer.body)
    assert.deepEqual(ordered, [expected])
    assert.equal(answer.json().id, ID)
    assert.equal(answer.json().state, expected === 'remove' ? 'removed' : 'draining')
  }
})

test('POST /v1/ring/members refuses what is no member and no order', async () => {
  const cases: readonly (readonly [string, object | undefined, number])[] = [
    [`${'0'.repeat(32)}/drain`, undefined, 404],
    ['nonsense/drain', undefined, 400],
    [`${ID}/explode`, undefined, 400],
    [`${ID}/remove`, { force: 'yes' }, 400],
    [`${ID}/remove`, { surprise: 1 }, 400],
  ]
  for (const [path, body, status] of cases) {
    const { answer, ordered } = await order(path, body)
    assert.equal(answer.statusCode, status, `${path} ${answer.body}`)
    assert.deepEqual(ordered, [])
  }
})
