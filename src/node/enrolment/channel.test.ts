import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../base/assert.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import type { ByteStream, ConnectionHandlers } from '../../effects/net.ts'
import { FromNewcomer } from '../../wire/enrol.ts'
import { EnrolChannel, HANG_UP_MS } from './channel.ts'

/** A stream whose other end says and does nothing by itself. */
class SilentStream implements ByteStream {
  readonly remote = { host: '192.0.2.7', port: 4_000 }
  readonly done: string[] = []
  handlers: ConnectionHandlers | undefined

  receive(handlers: ConnectionHandlers): void {
    this.handlers = handlers
  }

  write(): boolean {
    return true
  }

  pause(): void {}

  resume(): void {}

  end(): void {
    this.done.push('end')
  }

  destroy(): void {
    this.done.push('destroy')
    this.handlers?.closed({ kind: 'destroyed' })
  }
}

test('end() cuts off a stranger that does not hang up', () => {
  const clock = new ManualClock()
  const stream = new SilentStream()
  const channel = new EnrolChannel(stream, FromNewcomer, clock)
  channel.end()
  clock.advance(HANG_UP_MS - 1)
  assert.deepEqual(stream.done, ['end'])
  clock.advance(1)
  assert.deepEqual(stream.done, ['end', 'destroy'])
})

test('end() leaves no timer behind when the stranger hangs up, before or after', () => {
  for (const order of ['before', 'after']) {
    const clock = new ManualClock()
    const stream = new SilentStream()
    const channel = new EnrolChannel(stream, FromNewcomer, clock)
    const handlers = present(stream.handlers, 'handlers')
    if (order === 'before') handlers.closed({ kind: 'ended' })
    channel.end()
    if (order === 'after') handlers.closed({ kind: 'ended' })
    clock.advance(HANG_UP_MS)
    assert.deepEqual(stream.done, ['end'], order)
  }
})
