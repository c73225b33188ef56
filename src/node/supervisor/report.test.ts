import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'

import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { LOAD_EVERY_MS, readFromMember, type FromMember } from './messages.ts'
import { startReporting, type Channel } from './report.ts'
import { STOP_MS_MAX } from './times.ts'

class FakeChannel extends EventEmitter implements Channel {
  connected = true
  readonly sent: FromMember[] = []
  exitCode: number | undefined

  send(message: FromMember): boolean {
    assert.ok(this.connected, 'a closed channel is not written to')
    this.sent.push(message)
    return true
  }

  disconnect(): void {
    this.connected = false
    this.emit('disconnect')
  }

  exit(code: number): void {
    this.exitCode = code
  }
}

function trial() {
  const channel = new FakeChannel()
  const clock = new ManualClock()
  const told: string[] = []
  const reporting = startReporting(
    {
      clock,
      load: () => ({ downloads: 1, busy: false, lagMs: 0, idleMs: 0, ringMembers: 5 }),
      onDrain: () => void told.push('drain'),
      onStop: () => void told.push('stop'),
    },
    channel,
  )
  return { channel, clock, told, reporting }
}

test('startReporting() answers pings, tells its load, and hands orders on', () => {
  const { channel, clock, told, reporting } = trial()
  reporting.ready()
  channel.emit('message', { kind: 'ping' })
  clock.advance(LOAD_EVERY_MS)
  channel.emit('message', { kind: 'drain' })
  channel.emit('message', { kind: 'stop' })
  const kinds = channel.sent.map(({ kind }) => kind)
  assert.deepEqual(kinds, ['ready', 'load', 'pong', 'load'])
  assert.ok(channel.sent.every((message) => readFromMember(message) !== undefined))
  assert.deepEqual(told, ['drain', 'stop'])
})

test('startReporting() drops what no supervisor says', () => {
  const { channel, told } = trial()
  for (const value of [undefined, null, 'stop', {}, { kind: 'explode' }, ['stop']]) {
    channel.emit('message', value)
  }
  assert.deepEqual([channel.sent, told], [[], []])
})

test('a supervisor that is gone is an order to stop, once, and an end in the end', () => {
  const { channel, clock, told } = trial()
  channel.emit('message', { kind: 'stop' })
  channel.disconnect()
  assert.deepEqual(told, ['stop'])
  clock.advance(STOP_MS_MAX)
  assert.equal(channel.exitCode, 1)
  assert.deepEqual(channel.sent, [])
})

test('close() says nothing more and does not take its own disconnect for an order', () => {
  const { channel, clock, told, reporting } = trial()
  reporting.close()
  clock.advance(STOP_MS_MAX)
  assert.deepEqual([channel.connected, channel.exitCode, told], [false, undefined, []])
  assert.deepEqual(channel.sent, [])
})

test('startReporting() does nothing without a supervisor', () => {
  const channel = new FakeChannel()
  channel.connected = false
  const nothing = (): never => assert.fail('nobody asks')
  const options = { clock: new ManualClock(), load: nothing, onDrain: nothing, onStop: nothing }
  const reporting = startReporting(options, channel)
  reporting.ready()
  reporting.close()
  assert.equal(channel.listenerCount('message'), 0)
})
