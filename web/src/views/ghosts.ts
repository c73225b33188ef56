import { useEffect, useRef, useState } from 'preact/hooks'

import type { PlacedMember } from '../model/picture.ts'

/** As long as the fading of `.ghost` in ring.css. */
const FADING_MS = 1_200

/** Members that went since the picture was last drawn, for as long as they fade. */
export function useGhosts(members: readonly PlacedMember[]): readonly PlacedMember[] {
  const before = useRef<readonly PlacedMember[]>(members)
  const [ghosts, setGhosts] = useState<readonly PlacedMember[]>([])
  useEffect(() => {
    const live = new Set(members.map((placed) => placed.member.id))
    const gone = before.current.filter((placed) => !live.has(placed.member.id))
    before.current = members
    if (gone.length === 0) return
    setGhosts((known) => [...known, ...gone])
    setTimeout(
      () => setGhosts((known) => known.filter((ghost) => !gone.includes(ghost))),
      FADING_MS,
    )
  }, [members])
  return ghosts.filter((ghost) => !members.some((placed) => placed.member.id === ghost.member.id))
}
