import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ANA, begin, dweeter, notes } from './dweet-world.test-helper.ts'

test('likes in masses: a thousand of one person are one, and of many each counts once', async () => {
  const likers = Array.from({ length: 200 }, (_, i) => `n${i}`)
  const { dweets, world } = begin(...likers)
  const { id } = await dweets.publish(ANA, { text: 'liked' })
  const one = dweeter('n0')
  for (let i = 0; i < 500; i++) {
    await dweets.like(one, id, true)
    await dweets.like(one, id, false)
  }
  for (let i = 0; i < 1_000; i++) await dweets.like(one, id, true)
  world.losesAnswers = true
  for (const nick of likers) await dweets.like(dweeter(nick), id, true)
  world.deliver()
  assert.equal((await dweets.dweet(ANA, id)).likes, likers.length)
  assert.equal(notes(world, 'ana'), likers.length, 'each is told once')
  for (const nick of likers) await dweets.like(dweeter(nick), id, false)
  world.deliver()
  assert.deepEqual([(await dweets.dweet(ANA, id)).likes, notes(world, 'ana')], [0, 0])
})
