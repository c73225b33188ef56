import assert from 'node:assert/strict'
import { test } from 'node:test'

import { platformEffects } from '../../platform/effects.ts'
import { readSettings } from '../settings.ts'
import { MAINLINE_BOOTSTRAP, parseBootstrap } from './bootstrap.ts'
import { isForWorld, nodeRule, openMemberMainline } from './member-mainline.ts'

const LOCAL = [{ host: '127.0.0.1', port: 6881 }]
const HOME = [...LOCAL, { host: '192.168.1.9', port: 6881 }]
const WORLD = parseBootstrap(MAINLINE_BOOTSTRAP) ?? []
const ports = { http: 9_100 }
const { settings } = readSettings({ file: undefined, env: {} })

test('it is off, and then nothing is opened; its nodes to begin with are names', async (t) => {
  const { close, effects } = platformEffects({ path: t.name, logLevel: 'error' })
  t.after(close)
  assert.equal(settings.shareMainline, 'off')
  assert.equal(WORLD.length, 3)
  const net = { ...effects.net, datagrams: () => assert.fail('a socket') }
  const off = await openMemberMainline({ ...effects, net }, { ports, listenHost: '::', settings })
  assert.equal(off, undefined)
})

test('nodes that strangers name are on public addresses, and no services of machines', () => {
  const may = nodeRule({ ports, listenHost: '127.0.0.1', settings }, WORLD)
  assert(may({ host: '198.41.0.4', port: 6_881 }))
  const never = ['127.0.0.1', '10.0.0.1', '192.168.1.1', '169.254.169.254', '224.0.0.1', '0.0.0.0']
  for (const host of never) assert(!may({ host, port: 6_881 }), host)
  assert(!may({ host: '198.41.0.4', port: 53 }))
  const own = { ...settings, sharePrivate: 'on' } as const
  assert(
    nodeRule(
      { ports, listenHost: '0.0.0.0', settings: own },
      WORLD,
    )({ host: '10.0.0.1', port: 6_881 }),
  )
  const local = nodeRule({ ports, listenHost: '127.0.0.1', settings }, LOCAL)
  assert(local({ host: '127.0.0.1', port: 6_881 }))
  assert(!local({ host: '127.0.0.1', port: settings.discoveryPort }))
  assert(
    !nodeRule(
      { ports, listenHost: '0.0.0.0', settings },
      LOCAL,
    )({ host: '127.0.0.1', port: 6_881 }),
  )
})

test('what is said to the world leads there from the world', () => {
  const told = (host: string, bootstrap = WORLD) =>
    isForWorld(`http://${host}:9400/share/0`, bootstrap)
  for (const host of ['198.41.0.4', 'door.example', '[2a00:1450::1]']) assert(told(host), host)
  const inner = ['127.0.0.1', 'localhost', '[::1]', '10.0.0.1', '192.168.1.9', '[fd00::1]', 'nas']
  for (const host of inner) assert(!told(host), host)
  for (const host of ['10.0.0.1', '192.168.1.9', 'nas']) assert(told(host, HOME), host)
  assert(!told('127.0.0.1', HOME))
  for (const host of inner) assert(told(host, LOCAL), host)
  assert(!isForWorld('no address', LOCAL))
})
