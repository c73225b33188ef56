/** A member as a process of its own: a channel to speak with it, a file for what it writes. */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'

import { diskError } from '../../platform/disk-errors.ts'
import { putLongLogAside } from '../log-file.ts'
import type { MemberProcess, ProcessHandlers } from './driver.ts'
import { workWatch } from './work-watch.ts'

export interface MemberCommand {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** What the member writes is appended here; the file before it is kept beside it as `.old`. */
  readonly logPath: string
}

/** A member's last words fit in this much of its log. */
const LAST_WORDS_BYTES = 4_096
/** How the command line begins a sentence on what went wrong. */
const LAST_WORDS = /^anillo: (.+)$/gm

export function spawnMember(command: MemberCommand, handlers: ProcessHandlers): MemberProcess {
  const log = openLog(command.logPath)
  const child = spawn(command.file, command.args, {
    env: command.env,
    stdio: ['ignore', log.descriptor, log.descriptor, 'ipc'],
  })
  closeSync(log.descriptor)
  child.on('message', (value) => handlers.message(value))
  onceGone(child, ({ code, how }) => {
    const words = lastWords(command.logPath, log.bytesBefore)
    const told = code === 0 || words === undefined ? how : `${how}: ${words}`
    handlers.exited({ clean: code === 0, how: told })
  })
  return {
    // A closed channel is told by the exit, not here.
    send: (message) => void (child.connected && child.send(message, () => undefined)),
    kill: () => void child.kill('SIGKILL'),
    works: workWatch(child.pid),
  }
}

function onceGone(
  child: ChildProcess,
  gone: (end: { readonly code: number | null; readonly how: string }) => void,
): void {
  // Without a pid nothing was started, and no exit will be told.
  child.once('error', (problem) => {
    if (child.pid === undefined) gone({ code: null, how: problem.message })
  })
  child.once('exit', (code, signal) => gone({ code, how: signal ?? `code ${code}` }))
}

/** @throws AnilloError DATA_NOT_WRITABLE, DISK_FULL: what stands in the way of the member too */
function openLog(path: string): { readonly descriptor: number; readonly bytesBefore: number } {
  try {
    putLongLogAside(path)
    const descriptor = openSync(path, 'a', 0o600)
    return { descriptor, bytesBefore: fstatSync(descriptor).size }
  } catch (thrown) {
    throw diskError(path, thrown)
  }
}

/**
 * The last sentence on what went wrong that was written after `bytesBefore`; none where the log is
 * gone, as when somebody deleted the member's directory.
 */
function lastWords(path: string, bytesBefore: number): string | undefined {
  if (!existsSync(path)) return undefined
  const descriptor = openSync(path, 'r')
  try {
    const { size } = fstatSync(descriptor)
    const from = Math.max(bytesBefore, size - LAST_WORDS_BYTES)
    const bytes = new Uint8Array(Math.max(0, size - from))
    readSync(descriptor, bytes, 0, bytes.length, from)
    return [...new TextDecoder().decode(bytes).matchAll(LAST_WORDS)].at(-1)?.[1]
  } finally {
    closeSync(descriptor)
  }
}
