import assert from 'node:assert/strict'
import { test } from 'node:test'

import { AnilloError } from '../base/errors.ts'
import { exitCodeOf, tellFailure } from './failure.ts'
import { keptIo } from './io.test-helper.ts'
import { buildProgram, runProgram } from './program.ts'
import { anilloVersion } from './version.ts'

test('runProgram() prints help and version on standard output and answers 0', async () => {
  const help = keptIo()
  assert.equal(await runProgram(['--help'], help), 0)
  assert.match(help.outText(), /Usage: npx anillo COMMAND/)
  assert.equal(help.errText(), '')
  const version = keptIo()
  assert.equal(await runProgram(['--version'], version), 0)
  assert.equal(version.outText(), `${anilloVersion()}\n`)
})

test('runProgram() answers 2 on standard error for what it does not know', async () => {
  for (const args of [[], ['nope'], ['--nope']]) {
    const io = keptIo()
    assert.equal(await runProgram(args, io), 2, args.join(' '))
    assert.notEqual(io.errText(), '')
    assert.equal(io.outText(), '')
  }
})

test('every command has a description and an example or a way on in its help', async () => {
  const program = buildProgram({ io: keptIo(), run: async () => undefined })
  for (const command of program.commands) {
    assert.notEqual(command.description(), '', command.name())
    const io = keptIo()
    assert.equal(await runProgram([command.name(), '--help'], io), 0)
    assert.match(io.outText(), /\$ npx anillo /, command.name())
  }
})

test('tellFailure() writes one sentence and no stack, and a stack when asked', () => {
  const plain = keptIo()
  const error = new AnilloError('RING_NOT_REACHABLE', { addresses: 'http://localhost:9100' })
  assert.equal(tellFailure(plain, error), 3)
  assert.match(plain.errText(), /^anillo: No member answers .* \[RING_NOT_REACHABLE\]\n$/)
  const debug = keptIo({ env: { ANILLO_DEBUG: '1' } })
  tellFailure(debug, error)
  assert.match(debug.errText(), /\n +at /)
})

test('tellFailure() tells an unexpected fault with its cause', () => {
  const io = keptIo({ isTerminal: true, env: { NO_COLOR: '1' } })
  assert.equal(tellFailure(io, new RangeError('off by one')), 1)
  assert.match(io.errText(), /RangeError: off by one/)
  assert.ok(!io.errText().includes('\u001B'))
})

test('exitCodeOf() tells wrong use from failure and from an absent ring', () => {
  assert.equal(exitCodeOf(new AnilloError('SETTING_INVALID')), 2)
  assert.equal(exitCodeOf(new AnilloError('FETCH_REFUSED')), 1)
  assert.equal(exitCodeOf(new AnilloError('RING_NOT_REACHABLE')), 3)
})
