/** What the console knows, what happens to it, and what it has done: values, no more. */
import type { Attachment } from '../../wire/api-attachments.ts'
import type { DweetEvent, Publication } from '../../wire/api-dweets.ts'
import { NOTHING_KEPT, type Kept, type KeptRecord } from './kept.ts'
import type { Language } from './languages.ts'
import type { Question } from './question.ts'
import type { Account, Answer, ListPlace, Refusal, Request } from './requests.ts'
import { NOTHING_SHOWN, type Shown } from './shown.ts'

export interface Screen {
  readonly columns: number
  readonly rows: number
  /** Somebody sits at it; else lines come from a pipe. */
  readonly isTerminal: boolean
}

/** `unknown` until the ring was asked. */
export type Link = 'unknown' | 'online' | 'offline'

export interface ConsoleState {
  readonly language: Language
  readonly screen: Screen
  readonly account: Account | undefined
  readonly link: Link
  /** Before the ring is asked again. */
  readonly retryMs: number
  readonly question: Question | undefined
  /** Of the request whose answer the next line waits for. */
  readonly awaited: number | undefined
  /** Of awaited requests so far. */
  readonly requests: number
  readonly kept: Kept
  readonly shown: Shown
  /** Where `more` goes on: at the ring, or in what is kept. */
  readonly further: ListPlace | undefined
  readonly furtherKept: readonly Publication[]
  /** Publications that nobody was shown yet. */
  readonly unseen: number
  /** Of them, those that were not shown in passing, since the last that was. */
  readonly untold: number
  /** How many of those the last notice told of. */
  readonly counted: number
  readonly isNoticeFresh: boolean
  /** Of those that came before this console was opened it was told. */
  readonly hasCountedNotes: boolean
  /** What the next dweet shows. */
  readonly attached: readonly Attachment[]
  /** Key of the unsent dweet that is on its way. */
  readonly sending: string | undefined
  /** What the ring or the console refused: a script has failed. */
  readonly refusals: number
  readonly hasLeft: boolean
}

/** Of the world, at each event. */
export interface Stamp {
  readonly nowMs: number
  /** Text that nobody used before. */
  readonly key: string
}

export type ConsoleEvent =
  /** `account`: whose session is kept here, if any. */
  | { readonly kind: 'started'; readonly account: Account | undefined }
  | { readonly kind: 'opened'; readonly kept: Kept }
  | { readonly kind: 'typed'; readonly line: string }
  /** Ctrl-C, and what was on the line. */
  | { readonly kind: 'interrupted'; readonly line: string }
  /** No more lines come; what was on the last one. */
  | { readonly kind: 'ended'; readonly line: string }
  | { readonly kind: 'resized'; readonly screen: Screen }
  /** `no`: the number of an awaited request. */
  | { readonly kind: 'answered'; readonly no: number | undefined; readonly answer: Answer }
  | {
      readonly kind: 'refused'
      readonly no: number | undefined
      readonly request: Request
      readonly refusal: Refusal
    }
  | { readonly kind: 'heard'; readonly event: DweetEvent }
  /** The stream of events ended for good. */
  | { readonly kind: 'deaf'; readonly refusal: Refusal }
  | { readonly kind: 'woken'; readonly why: Wake }
  | { readonly kind: 'unkept'; readonly problem: string }

export type Wake = 'retry' | 'notice'

export type Effect =
  | { readonly kind: 'print'; readonly lines: readonly string[] }
  | { readonly kind: 'request'; readonly no: number | undefined; readonly request: Request }
  /** Written before the effects that follow; `isSafe`: on the disk by then. */
  | { readonly kind: 'keep'; readonly records: readonly KeptRecord[]; readonly isSafe: boolean }
  /** Answered by `opened`. */
  | { readonly kind: 'open'; readonly nick: string }
  | { readonly kind: 'forget' }
  /** To the ring’s events, once. */
  | { readonly kind: 'listen' }
  | { readonly kind: 'hush' }
  | { readonly kind: 'wake'; readonly why: Wake; readonly afterMs: number }
  | { readonly kind: 'leave' }

export type Step = readonly [ConsoleState, readonly Effect[]]

export const RETRY_MS_MIN = 1_000
export const RETRY_MS_MAX = 15_000

export function initialState(language: Language, screen: Screen): ConsoleState {
  return {
    language,
    screen,
    account: undefined,
    link: 'unknown',
    retryMs: RETRY_MS_MIN,
    question: undefined,
    awaited: undefined,
    requests: 0,
    kept: NOTHING_KEPT,
    shown: NOTHING_SHOWN,
    further: undefined,
    furtherKept: [],
    unseen: 0,
    untold: 0,
    counted: 0,
    isNoticeFresh: false,
    hasCountedNotes: false,
    attached: [],
    sending: undefined,
    refusals: 0,
    hasLeft: false,
  }
}

/** The next line must wait. */
export function isBusy({ awaited }: ConsoleState): boolean {
  return awaited !== undefined
}
