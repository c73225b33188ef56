/** An address, or a magnet link, for the camera of a phone. */
import { useEffect, useId, useState } from 'preact/hooks'

import { codePath } from '../../model/code-path.ts'
import { useShareWords } from './share-words.ts'

/** Around the code, in squares, as readers need it (ISO/IEC 18004). */
const QUIET_SQUARES = 4

const KINDS = ['address', 'magnet'] as const
type Kind = (typeof KINDS)[number]

interface QrCodeProps {
  /** Absent: no member serves it now. */
  readonly address: string | undefined
  readonly magnet: string
}

export function QrCode({ address, magnet }: QrCodeProps) {
  const { own } = useShareWords()
  const words = own.code
  const id = useId()
  const [chosen, setChosen] = useState<Kind>('address')
  const kind = address === undefined ? 'magnet' : chosen
  const text = kind === 'address' ? (address ?? magnet) : magnet
  return (
    <>
      <fieldset class="code__kinds">
        <legend class="label">{words.of}</legend>
        {KINDS.filter((one) => one !== 'address' || address !== undefined).map((one) => (
          <label key={one}>
            <input type="radio" name={id} checked={one === kind} onChange={() => setChosen(one)} />{' '}
            {words.choose[one]}
          </label>
        ))}
      </fieldset>
      {/* By its key a picture is never seen under the label of another. */}
      <Code key={text} text={text} label={words.label[kind]} />
    </>
  )
}

type Drawn =
  | { readonly kind: 'code'; readonly side: number; readonly path: string }
  | { readonly kind: 'tooLong' | 'missing' }

function Code({ label, text }: { readonly label: string; readonly text: string }) {
  const { own, texts } = useShareWords()
  const [drawn, setDrawn] = useState<Drawn | undefined>(undefined)
  useEffect(() => {
    let isWanted = true
    void draw(text).then((made) => isWanted && setDrawn(made))
    return () => {
      isWanted = false
    }
  }, [text])
  if (drawn === undefined) return <p class="quiet">{texts.accounts.loading}</p>
  if (drawn.kind !== 'code') return <p class="note">{own.code[drawn.kind]}</p>
  return (
    <svg
      class="code"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${drawn.side} ${drawn.side}`}
      shape-rendering="crispEdges"
    >
      <rect class="code__paper" width={drawn.side} height={drawn.side} />
      <path class="code__ink" d={drawn.path} />
    </svg>
  )
}

/** What draws codes comes when the first one is wanted. */
async function draw(text: string): Promise<Drawn> {
  const library = await import('qr').catch(() => undefined)
  if (library === undefined) return { kind: 'missing' }
  try {
    const rows = library.default(text, 'raw', { ecc: 'low', border: QUIET_SQUARES })
    return { kind: 'code', side: rows.length, path: codePath(rows) }
  } catch {
    // 2,953 bytes are the most that a code has.
    return { kind: 'tooLong' }
  }
}
