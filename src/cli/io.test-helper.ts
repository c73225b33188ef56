/** Streams that keep what is written, for trying commands without a process. */
import { typeHint, type Io } from './io.ts'

export interface KeptIo extends Io {
  outText(): string
  errText(): string
}

export function keptIo(
  options: {
    env?: Io['env']
    isTerminal?: boolean
    input?: string
    typed?: string
    /** Typed unseen, one after the other. */
    secrets?: readonly string[]
  } = {},
): KeptIo {
  const secrets = [...(options.secrets ?? [])]
  const kept = { out: '', err: '' }
  const sink = (name: 'out' | 'err') => ({
    write: (text: string) => void (kept[name] += text),
    writeBytes: async (bytes: Uint8Array) => void (kept[name] += new TextDecoder().decode(bytes)),
    isTerminal: options.isTerminal ?? false,
    columns: 80,
  })
  return {
    out: sink('out'),
    err: sink('err'),
    readInput: async (what) => {
      if (options.isTerminal === true) kept.err += typeHint(what)
      return new TextEncoder().encode(options.input ?? '')
    },
    ask: async () => options.typed,
    askSecret: async () => secrets.shift(),
    isTyped: options.isTerminal ?? false,
    env: options.env ?? {},
    outText: () => kept.out,
    errText: () => kept.err,
  }
}
