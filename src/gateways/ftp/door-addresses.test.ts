/** IPv6, and a member behind a router: where data connections are told to go. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../base/assert.ts'
import type { ClientNet, ClientStream } from '../../effects/client-net.ts'
import { platformClientNet } from '../../platform/client-net.ts'
import { testDoor } from './door.test-helper.ts'
import { ScriptedClient } from './scripted-client.test-helper.ts'

test('over IPv6 data goes by EPSV and EPRT, and there is no PASV', async (t) => {
  const { content, door, put } = await testDoor(t)
  await put('/shared/a', 'hello')
  const { port } = await door.listen({ host: '::1', port: 0 })
  const ftp = await (await ScriptedClient.open(port, '::1')).logIn()
  assert.equal((await ftp.download('RETR /shared/a')).data.toString(), 'hello')
  assert.equal((await ftp.upload('STOR /shared/b', 'six')).end.code, 226)
  assert.equal(await content('/shared/b'), 'six')

  const own = await ftp.ownPort()
  assert.equal(await ftp.code(`EPRT |2|::1|${own.port}|`), 200)
  ftp.write('RETR /shared/a\r\n')
  const data = await own.came
  let got = ''
  data.on('data', (piece: Buffer) => (got += piece.toString()))
  assert.equal((await ftp.answer()).code, 150)
  assert.equal((await ftp.answer()).code, 226)
  assert.equal(got, 'hello')

  assert.equal(await ftp.code('PASV'), 425)
  assert.equal(await ftp.code('EPSV 1'), 522)
  assert.equal(await ftp.code('EPRT |1|127.0.0.1|20000|'), 501)
  assert.equal(await ftp.code('EPRT |2|::2|20000|'), 501)
  assert.equal(await ftp.code('EPSV ALL'), 200)
  assert.equal(await ftp.code(`EPRT |2|::1|${own.port}|`), 503)
  ftp.close()
})

test('clients of other networks are told the public address, and get their data there', async (t) => {
  const { client, put } = await testDoor(t, {
    publicAddress: '198.51.100.7',
    net: seenFrom('203.0.113.9'),
  })
  await put('/shared/a', 'hello')
  const ftp = await client()
  await ftp.answer()
  assert.equal(await ftp.code('USER ana'), 530, 'not before the encryption')
  await ftp.secure()
  await ftp.ask('USER ana')
  assert.equal(await ftp.code('PASS right'), 230)
  await ftp.ask('TYPE I')
  assert.match((await ftp.ask('PASV')).text, /\(198,51,100,7,\d+,\d+\)$/)
  assert.equal((await ftp.download('RETR /shared/a')).data.toString(), 'hello')
  assert.equal(await ftp.code('PORT 127,0,0,1,78,32'), 501)
})

/** As a router has it that stands before the member: all come from that address. */
function seenFrom(host: string): ClientNet {
  const net = platformClientNet({ door: 'FTP', flag: '--ftp' })
  const inner = new WeakMap<ClientStream, ClientStream>()
  return {
    ...net,
    listen: ({ connected, endpoint }) =>
      net.listen({
        endpoint,
        connected: (stream) => {
          const seen: ClientStream = {
            remote: { ...stream.remote, host },
            local: stream.local,
            receive: (handlers) => stream.receive(handlers),
            send: (bytes) => stream.send(bytes),
            finish: () => stream.finish(),
            destroy: () => stream.destroy(),
          }
          inner.set(seen, stream)
          connected(seen)
        },
      }),
    securityContext(papers) {
      const context = net.securityContext(papers)
      return {
        secure: (stream, options) =>
          context.secure(present(inner.get(stream), 'a stream'), options),
      }
    },
  }
}
