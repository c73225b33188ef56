/** What `anillo status` does. */
import { setTimeout as pause } from 'node:timers/promises'

import { isAnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { AnilloClient } from '../../client/client.ts'
import { dataPathOf, loadSettings } from '../../node/data-directory.ts'
import type { SettingInfo } from '../../node/settings.ts'
import type { Ring, Waiting } from '../../wire/api.ts'
import { EXIT, exitCodeOf, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor } from '../paint.ts'
import { reachRing } from '../reach.ts'
import { ringLines } from '../ring-lines.ts'
import type { Column } from '../table.ts'
import { printTable } from '../told.ts'

const WATCH_EVERY_MS = SECOND_MS
/** Home, and everything behind it cleared: flickers less than clearing first. */
const HOME = '\u001B[H'
const CLEAR_REST = '\u001B[J'
const CLEAR_LINE_REST = '\u001B[K'

export async function runStatus(
  io: Io,
  flags: DoorFlags & { readonly settings?: true; readonly watch?: true },
): Promise<ExitCode> {
  if (flags.settings) return showSettings(io, flags)
  const client = await reachRing(io, flags)
  if (flags.watch) return watch(io, client, flags)
  const state = await look(client)
  if (flags.json) jsonLine(io, state)
  else showOnce(io, ringLines(state, paintFor(io, io.out)))
  return EXIT.done
}

function showOnce(io: Io, lines: readonly string[]): void {
  for (const text of lines) line(io.out, text)
  if (!io.out.isTerminal) return
  line(io.out)
  line(io.out, paintFor(io, io.out)('dim', '“npx anillo status --help” says what the words mean.'))
}

async function look(
  client: AnilloClient,
): Promise<Ring & { readonly waiting: readonly Waiting[] }> {
  const ring = await client.ring()
  return { ...ring, waiting: await client.waiting() }
}

/** Until Ctrl-C ends the process. A ring that is gone may come back, and is waited for. */
async function watch(io: Io, client: AnilloClient, flags: DoorFlags): Promise<ExitCode> {
  const paint = paintFor(io, io.out)
  if (io.out.isTerminal && !flags.json) io.out.write(HOME + CLEAR_REST)
  for (;;) {
    const state = await lookOrProblem(client)
    if (flags.json) jsonLine(io, state)
    else if ('problem' in state) show(io, [paint('red', state.problem.message)])
    else show(io, [...ringLines(state, paint), '', paint('dim', 'Ctrl-C ends this.')])
    await pause(WATCH_EVERY_MS)
  }
}

async function lookOrProblem(client: AnilloClient) {
  try {
    return await look(client)
  } catch (thrown) {
    if (!isAnilloError(thrown) || exitCodeOf(thrown) === EXIT.usedWrongly) throw thrown
    return { problem: { code: thrown.code, message: thrown.message } }
  }
}

function show(io: Io, lines: readonly string[]): void {
  if (!io.out.isTerminal) return line(io.out, `${lines.join('\n')}\n`)
  io.out.write(HOME + lines.map((text) => text + CLEAR_LINE_REST).join('\n') + CLEAR_REST)
}

const COLUMNS: readonly Column<SettingInfo>[] = [
  { title: 'SETTING', text: ({ name }) => name },
  { title: 'VALUE', text: ({ value }) => String(value) },
  { title: 'FROM', text: ({ source }) => source },
  { title: 'VARIABLE', text: ({ variable }) => variable },
  { title: 'WHAT', text: ({ what }) => what },
]

async function showSettings(io: Io, flags: DoorFlags): Promise<ExitCode> {
  const dataPath = dataPathOf(flags.data, io.env)
  const { infos } = await loadSettings(dataPath, io.env)
  if (flags.json) {
    jsonLine(io, { data: dataPath, settings: infos })
    return EXIT.done
  }
  printTable(io, COLUMNS, infos)
  line(io.out)
  line(
    io.out,
    `Set one in ${dataPath}/settings.json or by its variable; members read them when they start.`,
  )
  return EXIT.done
}
