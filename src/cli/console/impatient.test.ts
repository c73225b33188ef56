import assert from 'node:assert/strict'
import { test } from 'node:test'

import { impatient } from './impatient.ts'

const DOOR = 'http://localhost:9100'

/** Silent until it is given up. */
function silent(_url: string, { signal }: RequestInit): Promise<Response> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('given up')))
  })
}

test('a door that is silent is given up, or when whoever asked does so', async () => {
  await assert.rejects(impatient(silent, 5)(`${DOOR}/v1/dweets/new`, {}), /given up/)
  const asking = new AbortController()
  const asked = impatient(silent)(`${DOOR}/v1/dweets/new`, { signal: asking.signal })
  asking.abort()
  await assert.rejects(asked, /given up/)
})

test('a body may take its time, and so may whoever stretches a password', async () => {
  const signals: (AbortSignal | null | undefined)[] = []
  const answering = async (_url: string, { signal }: RequestInit): Promise<Response> => {
    signals.push(signal)
    return new Response('later')
  }
  const fetch = impatient(answering, 5)
  const response = await fetch(`${DOOR}/v1/dweets/events`, {})
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(signals[0]?.aborted, false)
  assert.equal(await response.text(), 'later')
  for (const path of ['/v1/auth/login', '/v1/users']) await fetch(DOOR + path, {})
  assert.deepEqual(signals.slice(1), [undefined, undefined])
})
