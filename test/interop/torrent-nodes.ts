/** Nodes of Mainline by libtorrent, on loopback, in a process of their own. */
import assert from 'node:assert/strict'
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

import { PYTHON_PATH } from '../../tools/lib/programs.ts'

/** It is told what to do, a line of JSON a command, and says what came. */
const NODES = `
import hashlib, json, sys, time, warnings
import libtorrent as lt

warnings.simplefilter("ignore")

def session(port):
    return lt.session({
        "listen_interfaces": f"127.0.0.1:{port}",
        "enable_dht": True, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
        "dht_bootstrap_nodes": "",
        # All of it is at one address.
        "dht_restrict_routing_ips": False, "dht_restrict_search_ips": False,
        "dht_ignore_dark_internet": False, "dht_enforce_node_id": False,
        "alert_mask": lt.alert.category_t.dht_notification,
    })

ports = [int(port) for port in sys.argv[1:]]
sessions = [session(port) for port in ports]

def known():
    return [session.status().dht_nodes for session in sessions]

def waited(session, kind, until=20):
    end = time.time() + until
    while time.time() < end:
        session.wait_for_alert(200)
        for alert in session.pop_alerts():
            if isinstance(alert, kind):
                return alert
    return None

def told(item):
    if isinstance(item, dict):
        return {key.decode(): told(value) for key, value in item.items()}
    if isinstance(item, list):
        return [told(each) for each in item]
    return item.hex() if isinstance(item, bytes) else item

# A session hears of others once it listens.
while min(known()) < min(3, len(ports) - 1):
    for session in sessions:
        for port in ports:
            session.add_dht_node(("127.0.0.1", port))
    time.sleep(0.1)
print(json.dumps(known()), flush=True)

for line in sys.stdin:
    order = json.loads(line)
    one = sessions[0]
    if order["do"] == "known":
        done = known()
    elif order["do"] == "get":
        one.pop_alerts()
        key, salt = bytes.fromhex(order["key"]), bytes.fromhex(order["salt"])
        one.dht_get_mutable_item(key, salt)
        alert = waited(one, lt.dht_mutable_item_alert)
        done = alert and {"item": told(alert.item), "seq": alert.seq}
    elif order["do"] == "put":
        secret = bytearray(hashlib.sha512(bytes.fromhex(order["seed"])).digest())
        secret[0] &= 248
        secret[31] = secret[31] & 63 | 64
        key, salt = bytes.fromhex(order["key"]), bytes.fromhex(order["salt"])
        one.pop_alerts()
        one.dht_put_mutable_item(bytes(secret), key, order["text"].encode(), salt)
        alert = waited(one, lt.dht_put_alert)
        done = alert.num_success if alert else 0
    else:
        params = lt.parse_magnet_uri(order["link"])
        done = {"hash": str(params.info_hashes.v2), "seeds": params.url_seeds, "name": params.name}
    print(json.dumps(done), flush=True)
`

type Order =
  | { readonly do: 'known' }
  | { readonly do: 'get'; readonly key: string; readonly salt: string }
  | {
      readonly do: 'put'
      readonly seed: string
      readonly key: string
      readonly salt: string
      readonly text: string
    }
  | { readonly do: 'magnet'; readonly link: string }

export class TorrentNodes implements AsyncDisposable {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  #errors = ''

  private constructor(ports: readonly number[]) {
    this.#process = spawn(PYTHON_PATH, ['-c', NODES, ...ports.map(String)])
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text
    })
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  /** Each knows some of the others. */
  static async start(ports: readonly number[]): Promise<TorrentNodes> {
    const nodes = new TorrentNodes(ports)
    await nodes.#answer()
    return nodes
  }

  async does(order: Order): Promise<unknown> {
    this.#process.stdin.write(`${JSON.stringify(order)}\n`)
    return this.#answer()
  }

  async #answer(): Promise<unknown> {
    const line = await this.#lines.next()
    assert.ok(line.done !== true, `the nodes ended: ${this.#errors}`)
    return JSON.parse(line.value)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return
    this.#process.kill()
    await once(this.#process, 'close')
  }
}
