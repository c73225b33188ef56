/** A client that says what it is told to, and moves bytes at no other pace than the server’s. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

import { SECOND_MS } from '../../src/base/limits.ts'
import type { FtpServer } from './ftp-server.ts'

export interface Answer {
  readonly code: number
  readonly text: string
}

/** Without a word for so long, a server is given up. */
const ANSWER_MS = 120 * SECOND_MS

export class FtpSession {
  readonly #socket: Socket
  readonly #answers: Answer[] = []
  readonly #askers: PromiseWithResolvers<Answer>[] = []
  readonly #host: string
  #text = ''
  #problem: string | undefined

  /** Connected, and greeted. */
  static async open({ host, port }: Pick<FtpServer, 'host' | 'port'>): Promise<FtpSession> {
    const socket = connect({ host, port, noDelay: true })
    await once(socket, 'connect')
    const session = new FtpSession(socket, host)
    await session.#answer()
    return session
  }

  /** Logged in, and binary. @throws Error with what it was refused by */
  static async begin(
    server: Pick<FtpServer, 'host' | 'port' | 'user' | 'password'>,
  ): Promise<FtpSession> {
    const session = await FtpSession.open(server)
    try {
      await session.logIn(server)
      await session.must('TYPE I')
      return session
    } catch (thrown) {
      session.close()
      throw thrown
    }
  }

  private constructor(socket: Socket, host: string) {
    this.#socket = socket
    this.#host = host
    socket.setTimeout(ANSWER_MS, () => {
      // An idle one is let be.
      if (this.#askers.length > 0) socket.destroy()
    })
    socket.on('error', (error) => (this.#problem = error.message))
    socket.on('close', () => this.#fail())
    socket.on('data', (bytes: Buffer) => {
      this.#text += bytes.toString()
      this.#read()
    })
  }

  async logIn({ password, user }: Pick<FtpServer, 'user' | 'password'>): Promise<void> {
    await this.must(`USER ${user}`)
    await this.must(`PASS ${password}`)
  }

  ask(line: string): Promise<Answer> {
    this.#socket.write(`${line}\r\n`)
    return this.#answer()
  }

  /** @throws Error where the answer is a refusal */
  async must(line: string): Promise<Answer> {
    const answer = await this.ask(line)
    if (answer.code >= REFUSAL) throw new Error(`${answer.code} ${answer.text}`)
    return answer
  }

  /** Begins a transfer: its data connection, after the mark. */
  async begin(line: string): Promise<Socket> {
    const { text } = await this.must('EPSV')
    const port = Number(/\|\|\|(\d+)\|/.exec(text)?.[1])
    const data = connect({ host: this.#host, port, noDelay: true })
    data.on('error', () => undefined)
    await once(data, 'connect')
    try {
      await this.must(line)
    } catch (thrown) {
      data.destroy()
      throw thrown
    }
    return data
  }

  /** The one that ends a transfer. */
  async end(): Promise<void> {
    const { code, text } = await this.#answer()
    if (code >= REFUSAL) throw new Error(`${code} ${text}`)
  }

  close(): void {
    this.#socket.destroy()
  }

  async closed(): Promise<void> {
    if (!this.#socket.closed) await once(this.#socket, 'close')
  }

  #answer(): Promise<Answer> {
    const known = this.#answers.shift()
    if (known !== undefined) return Promise.resolve(known)
    const asker = Promise.withResolvers<Answer>()
    this.#askers.push(asker)
    if (this.#socket.closed) this.#fail()
    return asker.promise
  }

  #fail(): void {
    const error = new Error(this.#problem ?? 'the server closed the connection')
    for (const asker of this.#askers.splice(0)) asker.reject(error)
  }

  /** A last line has a space behind its code (RFC 959 section 4.2). */
  #read(): void {
    for (;;) {
      const found = /^(?:(\d{3})-[^]*?\r\n\1|\d{3}) [^\r\n]*\r\n/.exec(this.#text)
      if (found === null) return
      const [whole] = found
      this.#text = this.#text.slice(whole.length)
      const answer = { code: Number(whole.slice(0, 3)), text: whole.slice(4).trimEnd() }
      const asker = this.#askers.shift()
      if (asker === undefined) this.#answers.push(answer)
      else asker.resolve(answer)
    }
  }
}

const REFUSAL = 400
