/** What is done with several entries, one after the other, and told when it is done. */
import { useRef, useState } from 'preact/hooks'

import { RingTrouble } from '../../api/ring-client.ts'
import type { Trouble } from '../../texts/texts.ts'

export interface Told {
  readonly text: string
  /** Takes it back. @returns what is told then */
  readonly undo?: () => Promise<string>
}

export interface Failed {
  readonly name: string
  readonly trouble: Trouble
}

export interface Errands {
  readonly told: Told | undefined
  /** Of those that are under way. */
  readonly progress: { readonly done: number; readonly all: number } | undefined
  readonly failed: readonly Failed[]
  readonly tell: (told: Told | undefined) => void
  /** @returns those for which `work` ended well */
  readonly each: <T extends Named>(
    items: readonly T[],
    work: (item: T) => Promise<boolean | void>,
  ) => Promise<readonly T[]>
  readonly dismiss: () => void
}

interface Named {
  readonly name: string
}

export function useErrands(): Errands {
  const [told, setTold] = useState<Told | undefined>(undefined)
  const [progress, setProgress] = useState<Errands['progress']>(undefined)
  const [failed, setFailed] = useState<readonly Failed[]>([])
  const isRunning = useRef(false)
  const each: Errands['each'] = async (items, work) => {
    // What is pressed twice in haste is done once.
    if (isRunning.current) return []
    isRunning.current = true
    setTold(undefined)
    setFailed([])
    const done: (typeof items)[number][] = []
    try {
      for (const [index, item] of items.entries()) {
        if (items.length > 1) setProgress({ done: index, all: items.length })
        try {
          if ((await work(item)) !== false) done.push(item)
        } catch (thrown) {
          if (!(thrown instanceof RingTrouble)) throw thrown
          setFailed((before) => [...before, { name: item.name, trouble: thrown }])
        }
      }
    } finally {
      isRunning.current = false
      setProgress(undefined)
    }
    return done
  }
  const dismiss = (): void => {
    setTold(undefined)
    setFailed([])
  }
  return { told, progress, failed, tell: setTold, each, dismiss }
}
