/** An FTP door over files in memory, on a port of its own. */
import { AnilloError } from '../../base/errors.ts'
import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { platformClientNet } from '../../platform/client-net.ts'
import { platformClock } from '../../platform/clock.ts'
import { issuedDoor } from '../../platform/door-papers.test-helper.ts'
import { platformRandom } from '../../platform/random.ts'
import { AccountSessions } from '../../services/files/doors/account-sessions.ts'
import {
  MemoryFiles,
  type MemoryFilesOptions,
} from '../../services/files/memory-files.test-helper.ts'
import type { FileUser } from '../../services/files/types.ts'
import { FtpDoor } from './door.ts'
import { SESSIONS_PER_USER_MAX } from './limits.ts'
import type { FtpDoorOptions } from './parts.ts'
import { ScriptedClient } from './scripted-client.test-helper.ts'

export interface TestDoor {
  readonly port: number
  readonly files: MemoryFiles
  readonly door: FtpDoor
  readonly logged: readonly string[]
  client(): Promise<ScriptedClient>
  /** Logged in as `ana`. */
  session(): Promise<ScriptedClient>
  put(path: string, content: string | Uint8Array): Promise<void>
  content(path: string): Promise<string>
}

export const ANA: FileUser = { nick: 'ana', isManager: false, mayWrite: true, groups: [] }

type TestOptions = Omit<Partial<FtpDoorOptions>, 'files'> &
  Omit<Partial<MemoryFilesOptions>, 'clock'> & {
    /** Of another door: they are members of one ring. */
    readonly files?: MemoryFiles
  }

/** Closed with the test. Whoever knows the password `right` gets in. */
export async function testDoor(
  t: { after(run: () => Promise<void>): void },
  options: TestOptions = {},
): Promise<TestDoor> {
  const { accountSessions, before, bytesMax, files: shared, ...given } = options
  const limits = bytesMax === undefined ? {} : { bytesMax }
  const told = before === undefined ? {} : { before }
  const files = shared ?? new MemoryFiles({ clock: new ManualClock(), ...limits, ...told })
  const papers = await issuedDoor('localhost')
  const logged: string[] = []
  const door = new FtpDoor({
    files,
    accounts: {
      authenticateByPassword: async (shown) => authenticated(shown),
      asOfNow: async (who) => who,
    },
    accountSessions: accountSessions ?? aloneSessions(),
    fileUser: ({ groups, nick }) => ({ nick, isManager: false, mayWrite: true, groups }),
    net: platformClientNet({ door: 'FTP', flag: '--ftp' }),
    clock: platformClock(),
    random: platformRandom(),
    log: logInto(logged),
    version: '0.0.0',
    papers: async () => papers,
    isImplicit: false,
    demandsReuse: false,
    hasGuests: false,
    passivePorts: { first: 21_600, last: 21_699 },
    publicAddress: undefined,
    where: async () => ['ftp://localhost:2121'],
    doors: async () => [
      { url: 'http://localhost:9100', ftp: 'ftp://localhost:2121', state: 'up' },
      { url: 'http://localhost:9101', ftp: 'ftp://localhost:2122', state: 'up' },
    ],
    ...given,
  })
  const { port } = await door.listen({ host: '127.0.0.1', port: 0 })
  const clients: ScriptedClient[] = []
  t.after(async () => {
    for (const client of clients) client.close()
    await door.close()
  })
  const client = async (): Promise<ScriptedClient> => {
    const made = await ScriptedClient.open(port)
    clients.push(made)
    return made
  }
  return {
    port,
    files,
    door,
    logged,
    client,
    session: async () => (await client()).logIn(),
    put: (path, content) => put(files, path, content),
    content: (path) => contentOf(files, path),
  }
}

export function authenticated({
  nick,
  password,
}: {
  readonly nick: string
  readonly password: string
}) {
  if (password !== 'right') throw new AnilloError('BAD_LOGIN')
  return {
    nick: nick.toLowerCase(),
    role: 'member',
    permissions: new Set<never>(),
    groups: [],
    by: { kind: 'password' },
  } as const
}

/** Of a ring of one. */
function aloneSessions(): AccountSessions {
  const max = SESSIONS_PER_USER_MAX
  return new AccountSessions({ max, clock: platformClock(), others: () => [], ask: async () => [] })
}

function logInto(logged: string[]): FtpDoorOptions['log'] {
  const note = (event: string): void => void logged.push(event)
  const log = { debug: note, info: note, warn: note, error: note, child: () => log }
  return log
}

async function put(files: MemoryFiles, path: string, content: string | Uint8Array): Promise<void> {
  const upload = await files.write(ANA, path, { how: 'replace' })
  await upload.push(typeof content === 'string' ? new TextEncoder().encode(content) : content)
  await upload.commit()
}

async function contentOf(files: MemoryFiles, path: string): Promise<string> {
  const { entry, read } = await files.open(ANA, path)
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of read({ from: 0, to: entry.bytes })) {
    text += decoder.decode(piece, { stream: true })
  }
  return text
}
