/** Small ties between views and the browser. */
import { useEffect, useRef, useState } from 'preact/hooks'

import type { Permission } from '../../../src/wire/permissions.ts'
import { RingTrouble } from '../api/ring-client.ts'
import { useSession } from '../state/session.ts'
import type { Trouble } from '../texts/texts.ts'

export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches)
  useEffect(() => {
    const media = matchMedia(query)
    const onChange = (): void => setMatches(media.matches)
    media.addEventListener('change', onChange)
    return () => media.removeEventListener('change', onChange)
  }, [query])
  return matches
}

export function useReducedMotion(): boolean {
  return useMedia('(prefers-reduced-motion: reduce)')
}

/** Milliseconds since a `performance.now()`, told again every so often while `isRunning`. */
export function useElapsed(options: {
  sinceMs: number
  everyMs: number
  isRunning: boolean
}): number {
  const { sinceMs, everyMs, isRunning } = options
  const [elapsedMs, setElapsedMs] = useState(() => performance.now() - sinceMs)
  useEffect(() => {
    if (!isRunning) return undefined
    const timer = setInterval(() => setElapsedMs(performance.now() - sinceMs), everyMs)
    return () => clearInterval(timer)
  }, [sinceMs, everyMs, isRunning])
  return elapsedMs
}

/** What becomes of something that a person set off. */
export interface Doing<Done> {
  readonly isRunning: boolean
  readonly trouble: Trouble | undefined
  readonly done: Done | undefined
  /** One at a time; what is done twice in haste is done once. @param work says what was done */
  readonly run: (work: () => Promise<Done | undefined>) => void
}

interface Outcome<Done> {
  readonly isRunning: boolean
  readonly trouble: Trouble | undefined
  readonly done: Done | undefined
}

export function useDoing<Done>(): Doing<Done> {
  const isUnderWay = useRef(false)
  const [outcome, setOutcome] = useState<Outcome<Done>>({
    isRunning: false,
    trouble: undefined,
    done: undefined,
  })
  const run = async (work: () => Promise<Done | undefined>): Promise<void> => {
    if (isUnderWay.current) return
    isUnderWay.current = true
    setOutcome({ isRunning: true, trouble: undefined, done: undefined })
    try {
      const done = await work()
      setOutcome({ isRunning: false, trouble: undefined, done })
    } catch (thrown) {
      setOutcome({ isRunning: false, trouble: troubleOf(thrown), done: undefined })
    } finally {
      isUnderWay.current = false
    }
  }
  return { ...outcome, run: (work) => void run(work) }
}

/** @throws what is no trouble of the ring's */
function troubleOf(thrown: unknown): Trouble {
  if (thrown instanceof RingTrouble) return thrown
  throw thrown
}

export interface Loaded<T> {
  readonly value: T | undefined
  readonly trouble: Trouble | undefined
  readonly again: () => void
}

/** What the ring answers, asked for again when `key` changes. */
export function useLoaded<T>(load: () => Promise<T>, key: string): Loaded<T> {
  const latest = useRef(0)
  const [state, setState] = useState<Omit<Loaded<T>, 'again'>>({
    value: undefined,
    trouble: undefined,
  })
  const ask = async (): Promise<void> => {
    latest.current += 1
    const own = latest.current
    try {
      const value = await load()
      if (own === latest.current) setState({ value, trouble: undefined })
    } catch (thrown) {
      const trouble = troubleOf(thrown)
      if (own === latest.current) setState((before) => ({ ...before, trouble }))
    }
  }
  useEffect(() => {
    setState({ value: undefined, trouble: undefined })
    void ask()
  }, [key])
  return { ...state, again: () => void ask() }
}

const NOTHING: readonly Permission[] = []

/** What whoever comes to the door in use may without an account. */
export function useGuestMay(): readonly Permission[] {
  const { account } = useSession()
  return useLoaded(() => account.calls.registration(), '').value?.guestMay ?? NOTHING
}
