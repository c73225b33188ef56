/** How many pages a crawl had tried, and when. */
import type { CrawlWatch } from '../../../../src/wire/crawl-watch.ts'
import { curveOf, milestones } from '../../model/crawls.ts'
import { formatSeconds } from '../../model/format.ts'
import { Card } from '../accounts/parts.tsx'
import { useWords } from '../words.ts'

/** Units of the drawing, which stretches to its card. */
const WIDTH = 600
const HEIGHT = 120
/** As many as one listens to. */
const POINTS_TOLD = 4

export function CrawlCurve({
  watch,
  nowMs,
}: {
  readonly watch: CrawlWatch
  readonly nowMs: number
}) {
  const { texts, number } = useWords()
  const words = texts.crawls
  const { pagesMax, ranMs, seen, unseen } = curveOf(watch, { nowMs, width: WIDTH, height: HEIGHT })
  const points = milestones(watch, POINTS_TOLD).map(({ atMs, pages }) =>
    words.curvePoint({ pages: number(pages), time: formatSeconds(atMs / 1_000) }),
  )
  return (
    <Card title={words.curve}>
      <figure class="curve">
        <svg
          class="curve__picture"
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={words.curveTold(points.join(', '))}
        >
          <polygon class="curve__area" points={areaUnder(seen)} />
          {unseen !== '' && <polyline class="curve__line curve__line--unseen" points={unseen} />}
          <polyline class="curve__line" points={seen} />
        </svg>
        <figcaption class="curve__words" aria-hidden="true">
          <span>{words.pages(number(pagesMax))}</span>
          {unseen !== '' && <span>{words.curveUnseen}</span>}
          <span>{formatSeconds(ranMs / 1_000)}</span>
        </figcaption>
      </figure>
    </Card>
  )
}

function areaUnder(line: string): string {
  const [firstX = '0'] = line.split(',')
  const lastX = line.slice(line.lastIndexOf(' ') + 1).split(',')[0] ?? '0'
  return `${firstX},${HEIGHT} ${line} ${lastX},${HEIGHT}`
}
