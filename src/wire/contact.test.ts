import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseMemberId } from '../base/ids.ts'
import { contactOf } from './contact.ts'

test('contactOf() places a member by the SHA-256 of its advertised address, whoever it is', () => {
  // printf 10.77.0.1:9300 | sha256sum
  const position = '1e2cb64566ec753c7d6e6239abbb0f4475b1fd25cdec78bc543cfbc36d71a6ff'
  for (const digit of ['0', 'f']) {
    const id = parseMemberId(digit.repeat(32))
    assert.deepEqual(contactOf(id, '10.77.0.1:9300'), { id, address: '10.77.0.1:9300', position })
  }
})
