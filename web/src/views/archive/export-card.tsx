/** Pages as files, each format a link that the browser saves. */
import { EXPORT_FORMATS } from '../../../../src/wire/export-formats.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { Card } from '../accounts/parts.tsx'
import { FreshLink } from '../fresh-link.tsx'
import { useWords } from '../words.ts'

interface ExportCardProps {
  /** From the root, without the format. */
  readonly path: string
  /** Which of them. */
  readonly filter?: Readonly<Record<string, string>>
  /** What stands in them, where that is not all that the path leads to. */
  readonly note?: string
}

export function ExportCard({ path, filter = {}, note }: ExportCardProps) {
  const session = useSession()
  const door = useCell(session.door)
  const { texts } = useWords()
  const words = texts.archive
  return (
    <Card title={words.export}>
      <ul class="exports">
        {EXPORT_FORMATS.map((format) => {
          const query = new URLSearchParams({ format, ...filter }).toString()
          return (
            <li key={format}>
              <FreshLink href={`${door}${path}?${query}`} isDownload>
                {words.formats[format]}
              </FreshLink>
            </li>
          )
        })}
      </ul>
      {note !== undefined && <p class="quiet">{note}</p>}
      <p class="quiet">{words.exportHint}</p>
    </Card>
  )
}
