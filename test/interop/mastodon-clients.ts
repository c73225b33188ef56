/** Programs of Mastodon that others wrote, each as what it can do for one person. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { programPath, PYTHON_PATH } from '../../tools/lib/programs.ts'

const execute = promisify(execFile)
const TIMEOUT_MS = 30_000

export interface Person {
  readonly nick: string
  readonly password: string
}

/** @param door address of whichever member */
export interface MastodonProgram extends AsyncDisposable {
  readonly name: string
  /** Absent: it has no word for it. */
  register?(door: string, person: Person): Promise<unknown>
  logIn(door: string, person: Person): Promise<unknown>
  /** @returns the id */
  post(door: string, text: string): Promise<string>
  boost(door: string, id: string): Promise<unknown>
  follow(door: string, nick: string): Promise<unknown>
  /** @returns text in which name and counts stand */
  profile(door: string, nick: string): Promise<string>
  /** @returns ids, newest first: what somebody published, all of it */
  publications(door: string, nick: string): Promise<readonly string[]>
  home(door: string): Promise<readonly string[]>
  token(): Promise<string>
  /** Listens, and publishes until it hears of it; absent: it does not listen. @returns ids */
  stream?(door: string, text: string): Promise<Streamed>
  /** Also at the server; absent: it forgets its token, and the server keeps the session. */
  revoke?(door: string): Promise<unknown>
  logOut(): Promise<unknown>
}

type Streamed = readonly [heard: readonly string[], published: readonly string[]]

async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const options = { env: { ...process.env, ...env }, timeout: TIMEOUT_MS, maxBuffer: 16 << 20 }
  const { stdout } = await execute(program, args, options)
  return stdout
}

interface TootConfig {
  readonly active_user: string
  readonly apps: Record<string, { base_url: string; instance: string }>
  readonly users: Record<string, { access_token: string; instance: string }>
}

const ID = /\b(\d{20,40})\b/

/** https://toot.bezdomni.net, a program for terminals. */
export class Toot implements MastodonProgram {
  readonly name = 'toot'
  readonly #home: string

  private constructor(home: string) {
    this.#home = home
  }

  static async create(): Promise<Toot> {
    return new Toot(await mkdtemp(join(tmpdir(), 'anillo-toot-')))
  }

  logIn(door: string, { nick, password }: Person): Promise<unknown> {
    return this.#run('login_cli', '--instance', door, '--email', nick, '--password', password)
  }

  async post(door: string, text: string): Promise<string> {
    await this.#goTo(door)
    const told = await this.#run('post', text)
    const id = ID.exec(told)?.[1]
    if (id === undefined) throw new Error(`toot posted nothing: ${told}`)
    return id
  }

  async boost(door: string, id: string): Promise<unknown> {
    await this.#goTo(door)
    return this.#run('reblog', id)
  }

  async follow(door: string, nick: string): Promise<unknown> {
    await this.#goTo(door)
    return this.#run('follow', nick)
  }

  async profile(door: string, nick: string): Promise<string> {
    await this.#goTo(door)
    return this.#run('whois', nick)
  }

  async publications(door: string, nick: string): Promise<readonly string[]> {
    await this.#goTo(door)
    return idsIn(await this.#run('timelines', 'account', nick, '--no-pager', '--json', '-l', '40'))
  }

  async home(door: string): Promise<readonly string[]> {
    await this.#goTo(door)
    return idsIn(await this.#run('timelines', 'home', '--no-pager', '--json', '-l', '40'))
  }

  async token(): Promise<string> {
    const { active_user: active, users } = await this.#config()
    return users[active]?.access_token ?? ''
  }

  async logOut(): Promise<unknown> {
    return this.#run('logout', (await this.#config()).active_user)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#home, { recursive: true, force: true })
  }

  /** Another member, with the same account: as its file of settings has it. */
  async #goTo(door: string): Promise<void> {
    const config = await this.#config()
    for (const app of Object.values(config.apps)) app.base_url = door
    await writeFile(join(this.#home, 'toot/config.json'), JSON.stringify(config))
  }

  async #config(): Promise<TootConfig> {
    const text = await readFile(join(this.#home, 'toot/config.json'), 'utf8')
    return JSON.parse(text) as TootConfig
  }

  async #run(...args: readonly string[]): Promise<string> {
    await mkdir(this.#home, { recursive: true })
    const home = { XDG_CONFIG_HOME: this.#home, HOME: this.#home, LC_ALL: 'C.UTF-8' }
    return run(programPath('toot'), ['--no-color', ...args], home)
  }
}

function idsIn(json: string): readonly string[] {
  const page = JSON.parse(json) as readonly { readonly id: string }[]
  return page.map(({ id }) => id)
}

/** What a script of its own says of itself, in words of https://mastodonpy.readthedocs.io. */
const SCRIPT = `
import json, sys, threading
from mastodon import Mastodon, StreamListener
door, kept, what, *args = sys.argv[1:]
try:
    state = json.load(open(kept))
except FileNotFoundError:
    client, secret = Mastodon.create_app('trial', api_base_url=door)
    state = {'client': client, 'secret': secret, 'token': None}
api = Mastodon(client_id=state['client'], client_secret=state['secret'],
               access_token=state['token'], api_base_url=door)
def of(nick):
    return api.account_lookup(nick).id
def paged(page):
    ids = []
    while page:
        ids += [str(one.id) for one in page]
        page = api.fetch_next(page)
    return ids
told = None
if what == 'register':
    token = api.create_account(args[0], args[1], args[0] + '@example.org', agreement=True)
    told = token is not None
elif what == 'login': state['token'] = api.log_in(args[0], args[1])
elif what == 'post': told = str(api.status_post(args[0]).id)
elif what == 'boost': told = str(api.status_reblog(args[0]).reblog.id)
elif what == 'follow': told = api.account_follow(of(args[0])).following
elif what == 'profile':
    one = api.account(of(args[0]))
    told = '@%s %s Followers: %d Statuses: %d' % (one.acct, one.display_name, one.followers_count,
                                                   one.statuses_count)
elif what == 'publications': told = paged(api.account_statuses(of(args[0]), limit=5))
elif what == 'home': told = paged(api.timeline_home(limit=5))
elif what == 'stream':
    # By server-sent events, and by WebSocket two streams over one connection.
    class Listener(StreamListener):
        def __init__(self):
            self.heard, self.came = [], threading.Event()
        def on_update(self, status):
            self.heard.append(str(status.id))
            self.came.set()
    plain, home, tagged = Listener(), Listener(), Listener()
    stream = api.stream_user(plain, run_async=True)
    socket = api.stream_open_websocket()
    api.stream_user(home, websocket_handle=socket)
    api.stream_hashtag('anillo', tagged, websocket_handle=socket)
    own = []
    def all_heard():
        return all(one.came.wait(0.1) for one in (plain, home, tagged))
    while not all_heard() and len(own) < 40:
        own.append(str(api.status_post(args[0] + ' #anillo').id))
    stream.close()
    socket.close()
    told = [[one.heard[0] if one.heard else '' for one in (plain, home, tagged)], own]
elif what == 'revoke': api.revoke_access_token()
json.dump(state, open(kept, 'w'))
print(json.dumps(told))
`

/** Mastodon.py, the library that most scripts use, with pages of five. */
export class MastodonPy implements MastodonProgram {
  readonly name = 'Mastodon.py'
  readonly #home: string

  private constructor(home: string) {
    this.#home = home
  }

  static async create(): Promise<MastodonPy> {
    const home = await mkdtemp(join(tmpdir(), 'anillo-mastodon-py-'))
    await writeFile(join(home, 'trial.py'), SCRIPT)
    return new MastodonPy(home)
  }

  register(door: string, { nick, password }: Person): Promise<unknown> {
    return this.#run(door, 'register', nick, password)
  }

  logIn(door: string, { nick, password }: Person): Promise<unknown> {
    return this.#run(door, 'login', nick, password)
  }

  async post(door: string, text: string): Promise<string> {
    return String(await this.#run(door, 'post', text))
  }

  boost(door: string, id: string): Promise<unknown> {
    return this.#run(door, 'boost', id)
  }

  follow(door: string, nick: string): Promise<unknown> {
    return this.#run(door, 'follow', nick)
  }

  async profile(door: string, nick: string): Promise<string> {
    return String(await this.#run(door, 'profile', nick))
  }

  async publications(door: string, nick: string): Promise<readonly string[]> {
    return (await this.#run(door, 'publications', nick)) as readonly string[]
  }

  async home(door: string): Promise<readonly string[]> {
    return (await this.#run(door, 'home')) as readonly string[]
  }

  async stream(door: string, text: string): Promise<Streamed> {
    return (await this.#run(door, 'stream', text)) as Streamed
  }

  async token(): Promise<string> {
    const state = JSON.parse(await readFile(this.#kept, 'utf8')) as { readonly token: string }
    return state.token
  }

  revoke(door: string): Promise<unknown> {
    return this.#run(door, 'revoke')
  }

  async logOut(): Promise<void> {
    await rm(this.#kept)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#home, { recursive: true, force: true })
  }

  get #kept(): string {
    return join(this.#home, 'state.json')
  }

  async #run(door: string, ...words: readonly string[]): Promise<unknown> {
    const env = { HOME: this.#home, LC_ALL: 'C.UTF-8' }
    const args = [join(this.#home, 'trial.py'), door, this.#kept, ...words]
    return JSON.parse((await run(PYTHON_PATH, args, env)).trim().split('\n').at(-1) ?? '')
  }
}
