/**
 * The dweet console in a terminal, with a real ring of three: what a first-time user types and
 * sees, a door that is killed, the whole ring gone and back. Needs tmux.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'

import { RealRing } from '../process/ring.ts'
import { Tmux } from './tmux.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const PASSWORD = 'correct horse'

let ring: RealRing
let home: string

before(async () => {
  home = await mkdtemp(join(tmpdir(), 'anillo-console-'))
  ring = await RealRing.start({ members: 3 })
})

after(async () => {
  await ring[Symbol.asyncDispose]()
  await rm(home, { recursive: true })
})

function commandFor(...words: readonly string[]): readonly string[] {
  const doors = [0, 1, 2].flatMap((index) => ['--at', ring.door(index)])
  return [process.execPath, MAIN, 'console', ...words, ...doors]
}

/** Nothing of whoever runs the test. */
function envOf(person: string, locale = 'C.UTF-8'): Readonly<Record<string, string>> {
  const place = join(home, person)
  return {
    HOME: place,
    XDG_CACHE_HOME: join(place, 'cache'),
    XDG_STATE_HOME: join(place, 'state'),
    ANILLO_DATA: join(place, 'data'),
    LC_ALL: locale,
    LANG: locale,
    TZ: 'UTC',
  }
}

async function consoleOf(
  person: string,
  { columns = 80, locale, rows = 24 }: { columns?: number; rows?: number; locale?: string } = {},
): Promise<Tmux> {
  return Tmux.start(commandFor(), { columns, rows, env: envOf(person, locale) })
}

async function registered(console: Tmux, nick: string, name: string): Promise<void> {
  await console.until(/dweet>$/)
  await console.enter(`register ${nick} ${name}`)
  await console.until(/New password:$/)
  await console.enter(PASSWORD)
  await console.until(/The same again:$/)
  await console.enter(PASSWORD)
  await console.until(new RegExp(`Welcome, ${nick}\\.\\n[^]*${nick}>$`))
}

/** Without the time, and without counts, which the ring tells some moments later. */
function timeless(screen: string): string {
  return screen.replaceAll(/\b\d\d:\d\d\b/g, 'HH:MM').replaceAll(' · 1 redweet', '')
}

test('a first-time user does all eight actions at 80 x 24', { timeout: 240_000 }, async () => {
  await using console = await consoleOf('ana')
  await registered(console, 'ana', 'Ana Pérez')
  await using other = await consoleOf('ben')
  await registered(other, 'ben', 'Ben')
  await other.enter('dweet Hola desde la sierra 🦜 #anillo')
  await other.until(/Published\.[^]*ben>$/)
  await console.enter('follow be')
  await console.until(/There is no user "be"/)
  await console.enter('follow ben')
  await console.until(/You follow ben\.[^]*\nana>$/)
  await console.until(/1 unseen dweet: “new” shows them\.[^]*\nana>$/)
  await console.enter('new')
  await console.until(/sierra[^]*\nana>$/)
  await console.enter('redweet 1')
  await console.until(/Redweeted[^]*\nana>$/)
  await console.enter('dweet Buenas tardes')
  await console.until(/Published[^]*\nana>$/)
  await console.type('profile a')
  await console.press('Tab')
  await console.press('Enter')
  await console.until(/2 dweets[^]*\nana>$/)
  await console.enter('logout')
  const screen = await console.until(/Logged out\.\ndweet>$/)
  assert.equal(
    timeless(screen)
      .replace(/^[^]*?(?=ana> follow ben)/, '')
      .replace(/1 unseen dweet.*\n/, ''),
    `\
ana> follow ben
You follow ben.
ana> new
[1] ben (Ben) · HH:MM
    Hola desde la sierra 🦜 #anillo
ana> redweet 1
Redweeted.
[2] ana redweeted ben · HH:MM · you redweeted it
    Hola desde la sierra 🦜 #anillo
ana [13/225]> dweet Buenas tardes
Published.
[3] ana (Ana Pérez) · HH:MM
    Buenas tardes
ana> profile ana
ana (Ana Pérez) · since DAY
2 dweets · follows 1 · 0 followers
[3] ana (Ana Pérez) · HH:MM
    Buenas tardes
[2] ana redweeted ben · HH:MM · you redweeted it
    Hola desde la sierra 🦜 #anillo
ana> logout
Logged out.
dweet>`.replace('DAY', /since (.*)/.exec(screen)?.[1] ?? ''),
  )
})

test(
  'in Spanish at 40 x 12, and what comes leaves a half-typed line alone',
  {
    timeout: 240_000,
  },
  async () => {
    await using console = await consoleOf('ana', { columns: 40, rows: 12, locale: 'es_ES.UTF-8' })
    await console.until(/dweet>$/)
    await console.enter('entrar ana')
    await console.until(/Contraseña:$/)
    await console.enter(PASSWORD)
    await console.until(/Hola, ana\.[^]*\nana>$/)
    // The password is in no history.
    await console.press('Up')
    await console.until(/\nana> entrar ana$/)
    await console.press('C-u')
    await console.type('publicar a medio escribir')
    await console.until(/ana \[16\/225\]> publicar a medio escribir$/)
    await using other = await consoleOf('ben')
    await other.until(/ben>$/)
    await other.enter('dweet something new')
    await other.until(/Published\.[^]*ben>$/)
    const screen = await console.until(
      /ben: something new\nana \[16\/225\]> publicar a medio escribir$/,
    )
    assert.ok(
      screen.split('\n').every((line) => line.length <= 40),
      screen,
    )
    // Nor a line that goes on to the next row.
    await console.type(' y mucho más larga')
    await console.until(/ana \[34\/225\]> publicar a medio escribir\s+y mucho más larga$/)
    // Notices are some seconds apart.
    await other.enter('dweet and again')
    await console.until(
      /ben: something new\n(?:1 dweet nuevo[^>]*|ben: and again\n)ana \[34\/225\]> [^]* más larga$/,
    )
    await console.press('Enter')
    await console.until(
      /(?:and again|dweet nuevo)[^]*Publicado\.\n\[\d\] ana [^]*y mucho más larga\n[^]*ana>$/,
    )
    await console.enter('terminar')
    await console.ended()
  },
)

test(
  'its door is killed, then the whole ring: what is written is there once',
  {
    timeout: 300_000,
  },
  async () => {
    await using console = await consoleOf('ana')
    await console.until(/ana>$/)
    await ring.keepDown('n1')
    await console.enter('dweet beside a dead door')
    await console.until(/Published\.\n.*\n {4}beside a dead door\n[^]*ana>$/)
    for (const name of ['n2', 'n3']) await ring.signal(name, 'SIGKILL')
    await console.enter('dweet without any door')
    await console.until(
      /Offline — showing what was saved at \d\d:\d\d\nKept: .*ring is back\.\n[^]*ana \(offline\)>$/,
    )
    await console.enter('new')
    await console.until(/Offline — .*\n\[\d+\] ana [^]*beside a dead door\n[^]*ana \(offline\)>$/)
    await console.enter('quit')
    await console.until(/1 dweet waits/)
    await console.ended()
    await using again = await consoleOf('ana')
    await again.until(/beside a dead door[^]*Offline — [^]*ana \(offline\)>$/)
    ring.bringBack()
    await again.until(/Online again\.[^]*without any door\n[^]*ana>$/)
    await again.enter('profile')
    const screen = await again.until(/5 dweets[^]*ana>$/)
    assert.equal(screen.slice(screen.indexOf('5 dweets')).match(/without any door/g)?.length, 1)
  },
)

test('the same goes through a pipe', { timeout: 120_000 }, async () => {
  const [command = '', ...words] = commandFor('ben')
  const piped = spawn(command, words, { env: { ...process.env, ...envOf('pipe') } })
  const exited = once(piped, 'exit')
  piped.stdin.end(`${PASSWORD}\ndweet from a pipe\nprofile\nlike 99\n`)
  const [out, err] = await Promise.all([text(piped.stdout), text(piped.stderr)])
  assert.equal(err, '')
  assert.match(out, /^Dweet: [^]*Welcome, ben\.\nPublished\.\n\[1\] ben[^]*There is no \[99\]/)
  assert.ok(!out.includes('\u001B'), out)
  const [code] = await exited
  assert.equal(code, 1)
})

test(
  'what is kept is its owner’s alone, and --forget takes it away',
  {
    timeout: 120_000,
  },
  async () => {
    const cache = join(home, 'ana', 'cache', 'anillo')
    assert.deepEqual(await readdir(cache), ['ana.jsonl'])
    assert.equal((await stat(join(cache, 'ana.jsonl'))).mode & 0o777, 0o600)
    assert.ok(!(await readFile(join(cache, 'ana.jsonl'), 'utf8')).includes(PASSWORD))
    await using console = await consoleOf('ana')
    await console.until(/ana>$/)
    await console.enter('logout --forget')
    await console.until(/Logged out; nothing is kept here\.\n[^]*dweet>$/)
    assert.deepEqual(await readdir(cache), [])
    assert.deepEqual(await readdir(join(home, 'ana', 'state', 'anillo', 'consoles')), [])
  },
)
