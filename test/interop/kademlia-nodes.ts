/**
 * Nodes of bmuller/kademlia, and of its fork vdrg/kademlia, as processes of their own, and a client
 * of kademlia-iic2523.
 */
import assert from 'node:assert/strict'
import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

import { SECOND_MS } from '../../src/base/limits.ts'
import type { ValueKinds } from '../../src/wire/kademlia/stored-value.ts'
import { programPath, PYTHON_PATH } from '../../tools/lib/programs.ts'

/** `lists` is the fork’s way in nodes of bmuller/kademlia; `fork` is vdrg/kademlia itself. */
export type NodeKind = ValueKinds | 'fork'

/** Of a node that listens: a line of JSON an order, and one that answers it. */
const ORDERS = `
async def serve(server, port, neighbours):
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
            done = len(neighbours(server.node))
        print(json.dumps(done), flush=True)
`

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

${ORDERS}
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
    await serve(server, port, server.protocol.router.find_neighbors)
    server.stop()

asyncio.run(main())
`

/** As its example starts it: `listen` runs the loop itself. */
const FORK_NODE = `
import asyncio, collections, collections.abc, inspect, json, logging, sys, types

# Python 3.10 and 3.11 took names away that MultiMap and rpcudp 3.0.0 are written with.
collections.Mapping = collections.abc.Mapping
collections.MutableMapping = collections.abc.MutableMapping

def coroutine(made):
    if inspect.isgeneratorfunction(made):
        return types.coroutine(made)
    async def later(*given):
        return made(*given)
    return later

asyncio.coroutine = coroutine

from kademlia.network import Server
from kademlia_iic2523.storage import MultipleStorage

${ORDERS}
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
# Of each node that died there is an error, of values that differ a warning: no exceptions.
for quiet in ("rpcudp", "kademlia-protocol", "kademlia-spider"):
    logging.getLogger(quiet).setLevel(logging.CRITICAL)
port = int(sys.argv[1])
server = Server(storage=MultipleStorage())
server.listen(port, "127.0.0.1")

loop.run_until_complete(serve(server, port, server.protocol.router.findNeighbors))
`

/** Of an order: a dead node costs them five seconds a round. */
const ANSWER_MS = 60 * SECOND_MS

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

  private constructor(port: number, kind: NodeKind) {
    this.port = port
    const [python, node] = kind === 'fork' ? [FORK_PYTHON, FORK_NODE] : [PYTHON_PATH, NODE]
    this.#process = spawn(python, ['-c', node, `${port}`, kind])
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text
    })
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  static async start(
    port: number,
    bootstrap: readonly number[],
    kind: NodeKind,
  ): Promise<PythonNode> {
    const node = new PythonNode(port, kind)
    assert.equal(await node.#answer('its start'), port)
    if (bootstrap.length > 0) await node.does({ do: 'bootstrap', ports: bootstrap })
    return node
  }

  async does(order: Order): Promise<unknown> {
    this.#process.stdin.write(`${JSON.stringify(order)}\n`)
    return this.#answer(JSON.stringify(order))
  }

  /** What it wrote to its log: exceptions, and what nobody awaited. */
  get errors(): string {
    return this.#errors
  }

  async #answer(to: string): Promise<unknown> {
    let isLate = false
    const late = setTimeout(() => {
      isLate = true
      this.#process.kill('SIGKILL')
    }, ANSWER_MS)
    const line = await this.#lines.next()
    clearTimeout(late)
    const why = isLate ? `did not answer ${to} within ${ANSWER_MS / SECOND_MS} s` : 'ended'
    assert.ok(line.done !== true, `the node at ${this.port} ${why}: ${this.#errors}`)
    return JSON.parse(line.value)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, signalCode } = this.#process
    if (exitCode !== null || signalCode !== null) return
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

/** By that program’s own client, in whose directory `.ipc` lies. */
const FORK_CLIENT = `
import json, sys
from kademlia_iic2523.ipc import ipcSend
reads = sys.argv[2] == "reads"
ipcSend(sys.argv[1], (lambda told: print(json.dumps(told))) if reads else None)
`

const FORK_PYTHON = programPath('kademlia-iic2523')
const SOCKET_MS = 20 * SECOND_MS

const run = (python: string, args: readonly string[], cwd?: string) =>
  promisify(execFile)(python, args, { timeout: SOCKET_MS, ...(cwd === undefined ? {} : { cwd }) })

/** @param folder where `.ipc` is */
export async function tellByFork(folder: string, message: string): Promise<unknown> {
  const reads = message.startsWith('get') ? 'reads' : 'leaves'
  const { stdout } = await run(FORK_PYTHON, ['-c', FORK_CLIENT, message, reads], folder)
  return reads === 'reads' ? JSON.parse(stdout) : undefined
}

export async function setOverSocket(path: string, key: string, value: string): Promise<void> {
  await run(PYTHON_PATH, ['-c', CLIENT, path, `set ${key} ${value}`, 'leaves'])
}

export async function getOverSocket(path: string, key: string): Promise<unknown> {
  const { stdout } = await run(PYTHON_PATH, ['-c', CLIENT, path, `get ${key}`, 'reads'])
  return JSON.parse(stdout)
}
