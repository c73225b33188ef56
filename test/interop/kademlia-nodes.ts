/** Nodes of bmuller/kademlia as processes of their own, and a client of kademlia-iic2523. */
import assert from 'node:assert/strict'
import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

import type { ValueKinds } from '../../src/wire/kademlia/stored-value.ts'
import { PYTHON_PATH } from '../../tools/lib/programs.ts'

/** It is told what to do, a line of JSON a command, and says what came. */
const NODE = `
import asyncio, json, logging, sys
from collections import Counter
from kademlia.crawling import ValueSpiderCrawl
from kademlia.network import Server
from kademlia.storage import ForgetfulStorage

# As vdrg/kademlia changed it: a key has a list of values, and a read takes what most say.
class Lists(ForgetfulStorage):
    def __setitem__(self, key, value):
        old = self.get(key, [])
        new = value if isinstance(value, list) else [value]
        super().__setitem__(key, [one for one in old if one not in new] + new)

async def most(self, values):
    counts = Counter(tuple(sorted(value)) for value in values)
    return list(counts.most_common(1)[0][0])

async def main():
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    # Of each node that died there is a warning and an error of its own: no exceptions.
    logging.getLogger("rpcudp").setLevel(logging.CRITICAL)
    logging.getLogger("kademlia").setLevel(logging.ERROR)
    port = int(sys.argv[1])
    isLists = sys.argv[2] == "lists"
    if isLists:
        ValueSpiderCrawl._handle_found_values = most
    server = Server(storage=Lists() if isLists else None)
    await server.listen(port, interface="127.0.0.1")
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print(json.dumps(port), flush=True)
    while line := await reader.readline():
        told = json.loads(line)
        if told["do"] == "bootstrap":
            done = len(await server.bootstrap([("127.0.0.1", port) for port in told["ports"]]))
        elif told["do"] == "set":
            done = bool(await server.set(told["key"], told["value"]))
        elif told["do"] == "get":
            done = await server.get(told["key"])
        else:
            done = len(server.protocol.router.find_neighbors(server.node))
        print(json.dumps(done), flush=True)
    server.stop()

asyncio.run(main())
`

type Order =
  | { readonly do: 'bootstrap'; readonly ports: readonly number[] }
  | { readonly do: 'set'; readonly key: string; readonly value: string | number | boolean }
  | { readonly do: 'get'; readonly key: string }
  | { readonly do: 'neighbours' }

export class PythonNode implements AsyncDisposable {
  readonly port: number
  readonly #process: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  #errors = ''

  private constructor(port: number, values: ValueKinds) {
    this.port = port
    this.#process = spawn(PYTHON_PATH, ['-c', NODE, `${port}`, values])
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text
    })
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  static async start(
    port: number,
    bootstrap: readonly number[],
    values: ValueKinds,
  ): Promise<PythonNode> {
    const node = new PythonNode(port, values)
    assert.equal(await node.#answer(), port)
    if (bootstrap.length > 0) await node.does({ do: 'bootstrap', ports: bootstrap })
    return node
  }

  async does(order: Order): Promise<unknown> {
    this.#process.stdin.write(`${JSON.stringify(order)}\n`)
    return this.#answer()
  }

  /** What it wrote to its log: exceptions, and what nobody awaited. */
  get errors(): string {
    return this.#errors
  }

  async #answer(): Promise<unknown> {
    const line = await this.#lines.next()
    assert.ok(line.done !== true, `the node ended: ${this.#errors}`)
    return JSON.parse(line.value)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return
    this.#process.kill()
    await once(this.#process, 'close')
  }
}

/** As `get.py` and `set.py` of that program do it: one command, one read, one pickle. */
const CLIENT = `
import json, pickle, socket, sys
client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
client.connect(sys.argv[1])
client.send(sys.argv[2].encode("utf-8"))
if sys.argv[3] == "reads":
    datagram = client.recv(1024)
    print(json.dumps(pickle.loads(datagram) if datagram else None))
client.close()
`

const run = promisify(execFile)

export async function setOverSocket(path: string, key: string, value: string): Promise<void> {
  await run(PYTHON_PATH, ['-c', CLIENT, path, `set ${key} ${value}`, 'leaves'])
}

export async function getOverSocket(path: string, key: string): Promise<unknown> {
  const { stdout } = await run(PYTHON_PATH, ['-c', CLIENT, path, `get ${key}`, 'reads'])
  return JSON.parse(stdout)
}
