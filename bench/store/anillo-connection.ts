/** HTTP/1.1 with keep-alive (RFC 9112), one request at a time. */
import { once } from 'node:events'
import { connect } from 'node:net'

import { hostAndPort, type Connect } from './connection.ts'
import { SORT_KEY, TABLE, VALUE_BYTES, type Operation } from './job.ts'

const VALUE = 'x'.repeat(VALUE_BYTES)
const HEAD_END = '\r\n\r\n'
const STATUS_AT = 'HTTP/1.1 '.length
const LENGTH = /\r\ncontent-length: (\d+)/i
const NO_CONTENT = 204
const FIRST_FAILURE = 300

export const connectAnillo: Connect = async ({ authorization, door }, lost) => {
  const standing =
    `host: ${door}` + (authorization === undefined ? '' : `\r\nauthorization: ${authorization}`)
  const socket = connect(hostAndPort(door))
  await once(socket, 'connect')
  socket.setNoDelay(true)
  // Each byte one unit: heads are ASCII, and of values only the length counts.
  socket.setEncoding('latin1')
  let waiting: ((isDone: boolean) => void) | undefined
  let received = ''
  const answered = (): void => {
    const status = answerStatus(received)
    if (status === undefined) return
    received = ''
    const done = waiting
    waiting = undefined
    done?.(status < FIRST_FAILURE)
  }
  socket.on('data', (piece: string) => {
    received += piece
    answered()
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    lost()
    waiting?.(false)
    waiting = undefined
  })
  return {
    request: (operation, key, done) => {
      waiting = done
      socket.write(requestText(operation, key, standing))
    },
    close: () => socket.destroy(),
  }
}

/** @param standing headers of every request */
function requestText(operation: Operation, key: string, standing: string): string {
  const path = `/v1/kv/${TABLE}/${key}/${SORT_KEY}`
  if (operation === 'get') return `GET ${path} HTTP/1.1\r\n${standing}${HEAD_END}`
  const type = `content-type: application/octet-stream\r\ncontent-length: ${VALUE_BYTES}`
  return `PUT ${path} HTTP/1.1\r\n${standing}\r\n${type}${HEAD_END}${VALUE}`
}

/** `undefined` while the answer is not whole. */
function answerStatus(text: string): number | undefined {
  const headEnd = text.indexOf(HEAD_END)
  if (headEnd === -1) return undefined
  const status = Number(text.slice(STATUS_AT, STATUS_AT + 3))
  if (status === NO_CONTENT) return status
  const bodyBytes = Number(LENGTH.exec(text.slice(0, headEnd))?.[1] ?? 0)
  return text.length >= headEnd + HEAD_END.length + bodyBytes ? status : undefined
}
