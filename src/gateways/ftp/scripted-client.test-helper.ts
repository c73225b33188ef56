/** A client that does what a test says, right or wrong: FTP line by line over real sockets. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

export interface Answer {
  readonly code: number
  /** Without the code; lines joined by LF. */
  readonly text: string
}

export interface Moved {
  /** Of 150, where it came to that. */
  readonly mark: Answer | undefined
  readonly data: Buffer
  readonly end: Answer
}

export class ScriptedClient {
  #socket: Socket
  readonly #port: number
  readonly #host: string
  readonly #answers: Answer[] = []
  readonly #askers: PromiseWithResolvers<Answer>[] = []
  #text = ''
  #isClosed = false
  #session: Buffer | undefined
  #isDataSecure = false
  /** Data connections go on with the session of this one. */
  reusesSession = true

  private constructor(socket: Socket, port: number, host: string) {
    this.#socket = socket
    this.#port = port
    this.#host = host
    this.#listen()
  }

  static async open(port: number, host = '127.0.0.1'): Promise<ScriptedClient> {
    const socket = connect({ host, port })
    await once(socket, 'connect')
    return new ScriptedClient(socket, port, host)
  }

  get socket(): Socket {
    return this.#socket
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes)
  }

  /** The next one; rejects where the connection ends before. */
  answer(): Promise<Answer> {
    const known = this.#answers.shift()
    if (known !== undefined) return Promise.resolve(known)
    const asker = Promise.withResolvers<Answer>()
    if (this.#isClosed) asker.reject(new Error('the connection has ended'))
    else this.#askers.push(asker)
    return asker.promise
  }

  ask(line: string): Promise<Answer> {
    this.write(`${line}\r\n`)
    return this.answer()
  }

  async code(line: string): Promise<number> {
    return (await this.ask(line)).code
  }

  async logIn(nick = 'ana', password = 'right'): Promise<this> {
    await this.answer()
    await this.ask(`USER ${nick}`)
    const { code, text } = await this.ask(`PASS ${password}`)
    if (code !== 230) throw new Error(`log-in: ${code} ${text}`)
    await this.ask('TYPE I')
    return this
  }

  /** `AUTH TLS`, the handshake, and `PROT P`. */
  async secure(): Promise<void> {
    await this.ask('AUTH TLS')
    await this.shakeHands()
    await this.ask('PBSZ 0')
    await this.ask('PROT P')
    this.#isDataSecure = true
  }

  async shakeHands(): Promise<void> {
    this.#socket.removeAllListeners()
    const tls = connectTls({ socket: this.#socket, rejectUnauthorized: false })
    tls.on('session', (session: Buffer) => (this.#session = session))
    this.#socket = tls
    this.#listen()
    await once(tls, 'secureConnect')
  }

  /** A connection to where `EPSV` says. */
  async data(): Promise<Socket> {
    const { text } = await this.ask('EPSV')
    const port = Number(/\|\|\|(\d+)\|/.exec(text)?.[1])
    const raw = connect({ host: this.#host, port })
    raw.on('error', () => undefined)
    await once(raw, 'connect')
    return raw
  }

  encrypted(raw: Socket): Socket {
    const session = this.reusesSession ? this.#session : undefined
    const given = session === undefined ? {} : { session }
    const tls = connectTls({ socket: raw, rejectUnauthorized: false, ...given })
    tls.on('error', () => undefined)
    return tls
  }

  async download(line: string): Promise<Moved> {
    const raw = await this.data()
    const mark = await this.ask(line)
    if (mark.code !== 150) {
      raw.destroy()
      return { mark: undefined, data: Buffer.alloc(0), end: mark }
    }
    const data = this.#isDataSecure ? this.encrypted(raw) : raw
    const pieces: Buffer[] = []
    data.on('data', (piece: Buffer) => void pieces.push(piece))
    const end = await this.answer()
    if (!data.closed) await once(data, 'close')
    return { mark, data: Buffer.concat(pieces), end }
  }

  async upload(line: string, bytes: string | Uint8Array): Promise<Moved> {
    const raw = await this.data()
    const mark = await this.ask(line)
    if (mark.code !== 150) {
      raw.destroy()
      return { mark: undefined, data: Buffer.alloc(0), end: mark }
    }
    const data = this.#isDataSecure ? this.encrypted(raw) : raw
    data.end(bytes)
    data.resume()
    return { mark, data: Buffer.alloc(0), end: await this.answer() }
  }

  /** A port of the client’s own, for PORT and EPRT: where it is, and who came. */
  async ownPort(): Promise<{ readonly port: number; readonly came: Promise<Socket> }> {
    const server = createServer()
    const came = Promise.withResolvers<Socket>()
    server.once('connection', (socket) => {
      server.close()
      came.resolve(socket)
    })
    server.listen(0, this.#host)
    await once(server, 'listening')
    const bound = server.address()
    return { port: typeof bound === 'object' ? (bound?.port ?? 0) : 0, came: came.promise }
  }

  close(): void {
    this.#socket.destroy()
  }

  async closed(): Promise<void> {
    if (!this.#isClosed) await once(this.#socket, 'close')
  }

  #listen(): void {
    this.#socket.on('error', () => undefined)
    this.#socket.on('close', () => {
      this.#isClosed = true
      for (const asker of this.#askers.splice(0)) asker.reject(new Error(`${this.#port} closed`))
    })
    this.#socket.on('data', (bytes: Buffer) => {
      this.#text += bytes.toString()
      this.#read()
    })
  }

  /** A last line has a space behind its code. */
  #read(): void {
    for (;;) {
      const found = /^(?:(\d{3})-[^]*?\r\n\1|(\d{3})) [^\r\n]*\r\n/.exec(this.#text)
      if (found === null) return
      const [whole] = found
      this.#text = this.#text.slice(whole.length)
      const text = whole
        .trimEnd()
        .split('\r\n')
        .map((line, index, { length }) =>
          index === 0 || index === length - 1 ? line.slice(4) : line,
        )
        .join('\n')
      const answer = { code: Number(whole.slice(0, 3)), text }
      const asker = this.#askers.shift()
      if (asker === undefined) this.#answers.push(answer)
      else asker.resolve(answer)
    }
  }
}
