/** The verbs about files of this computer: shown with a dweet, and all of one's own as one. */
import { ATTACHMENTS_MAX } from '../../wire/dweet-limits.ts'
import type { Question } from './question.ts'
import type { Turn } from './turn.ts'

export function doAttach(turn: Turn, rest: string): void {
  const path = pathIn(rest)
  if (path === '') return turn.refuse(turn.texts.missing('file'))
  if (turn.state.attached.length >= ATTACHMENTS_MAX) {
    return turn.refuse(turn.texts.attachedFull(ATTACHMENTS_MAX))
  }
  turn.set({ question: { ask: 'description', path } })
}

/** Of an empty line nothing is said of it. */
export function answerDescription(
  turn: Turn,
  { path }: Extract<Question, { readonly ask: 'description' }>,
  line: string,
): void {
  turn.ask({ kind: 'attach', path, description: line.trim() })
}

/** What was sent goes by itself, as no dweet uses it. */
export function doDetach(turn: Turn): void {
  if (turn.state.attached.length === 0) return turn.refuse(turn.texts.noneAttached)
  turn.set({ attached: [] })
  turn.say(turn.texts.detached)
}

export function doExport(turn: Turn, rest: string): void {
  const { account } = turn.state
  const path = pathIn(rest)
  turn.ask({ kind: 'export', path: path === '' ? `anillo-${account?.nick ?? 'dweets'}.zip` : path })
}

/** As a shell takes it, with quotes around it or without. */
function pathIn(text: string): string {
  return /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text
}
