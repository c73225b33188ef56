/**
 * What the machine of a client does in the trial of the two networks; it prints JSON.
 *
 *     scan HOST               open TCP ports, of all there are
 *     reach HOST PORT ...     which of them answer: "open", "closed", or how it failed
 *     shake HOST PORT         the names in the certificate that a TLS server shows, or null
 *     discover PORT HOST ...  how many answers come to questions who is there
 *     ask URL ...             status and text of each, without a credential; ANILLO_CA is trusted
 *     use URL PASSWORD VALUE  logs in as admin, writes VALUE and reads it; the ring as it is told
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'

import { certificatesIn, trustAuthorities } from '../../src/platform/ring-trust.ts'
import { encodeDiscover } from '../../src/wire/discovery.ts'

const PORT_MAX = 65_535
const AT_ONCE = 400
const CONNECT_MS_MAX = 1_500
const ANSWERS_WITHIN_MS = 2_000

const [what, ...words] = process.argv.slice(2)
const { ANILLO_CA: authority = '' } = process.env
if (authority !== '') trustAuthorities(certificatesIn(readFileSync(authority, 'utf8')))

const DOINGS: Readonly<Record<string, (words: readonly string[]) => Promise<unknown>>> = {
  scan: ([host = '']) => scan(host),
  reach: ([host = '', ...ports]) => Promise.all(ports.map((port) => reach(host, Number(port)))),
  shake: ([host = '', port]) => shake(host, Number(port)),
  discover: ([port, ...hosts]) => discover(Number(port), hosts),
  ask: (urls) => Promise.all(urls.map(ask)),
  use: ([url = '', password = '', value = '']) => use(url, { password, value }),
}
const found = JSON.stringify(await DOINGS[what ?? '']?.(words))
// Connections may be open still; what is written must be gone before it ends.
process.stdout.write(`${found}\n`, () => process.exit(0))

async function scan(host: string): Promise<readonly number[]> {
  const open: number[] = []
  let port = 0
  const lane = async (): Promise<void> => {
    while (port < PORT_MAX) {
      const own = ++port
      if ((await reach(host, own)) === 'open') open.push(own)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return open.toSorted((a, b) => a - b)
}

async function reach(host: string, port: number): Promise<string> {
  const socket = connect({ host, port })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MS_MAX) })
    return 'open'
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
    return code === 'ECONNREFUSED' ? 'closed' : code
  } finally {
    socket.on('error', () => undefined)
    socket.destroy()
  }
}

async function shake(host: string, port: number): Promise<string | null> {
  const options = { host, port, rejectUnauthorized: false, ALPNProtocols: ['anillo-enrol/1'] }
  const socket = connectTls(options)
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(CONNECT_MS_MAX) })
    return socket.getPeerX509Certificate()?.subject ?? ''
  } catch {
    return null
  } finally {
    socket.on('error', () => undefined)
    socket.destroy()
  }
}

async function discover(port: number, hosts: readonly string[]): Promise<number> {
  const socket = createSocket('udp4')
  let answers = 0
  socket.on('message', () => answers++)
  socket.bind(0)
  await once(socket, 'listening')
  socket.setBroadcast(true)
  // A host that cannot be reached is one that does not answer.
  for (const host of hosts) socket.send(encodeDiscover('0'.repeat(32)), port, host, () => undefined)
  await pause(ANSWERS_WITHIN_MS)
  socket.close()
  return answers
}

async function ask(url: string) {
  const answer = await fetch(url, { redirect: 'manual' })
  const headers = [...answer.headers].map((pair) => pair.join(': ')).join('\n')
  return { url, status: answer.status, text: `${headers}\n\n${await answer.text()}` }
}

async function use(
  url: string,
  { password, value }: { readonly password: string; readonly value: string },
) {
  const login = await fetch(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ nick: 'admin', password }),
  })
  const told = await login.text()
  if (login.status !== 200) throw new Error(`the log-in was answered ${login.status}: ${told}`)
  const { accessToken } = JSON.parse(told) as { readonly accessToken: string }
  const headers = { authorization: `Bearer ${accessToken}` }
  const put = await fetch(`${url}/v1/kv/t/p/s`, { method: 'PUT', headers, body: value })
  const got = await fetch(`${url}/v1/kv/t/p/s`, { headers })
  const ring = await fetch(`${url}/v1/ring`, { headers })
  return { put: put.status, got: await got.text(), ring: await ring.json() }
}
