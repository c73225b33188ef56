/** Small ties between views and the browser. */
import { useEffect, useState } from 'preact/hooks'

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
