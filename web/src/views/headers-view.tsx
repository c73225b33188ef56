import type { Page } from '../model/told.ts'
import { useWords } from './words.ts'

export function HeadersView({ page }: { readonly page: Page }) {
  const { texts } = useWords()
  return (
    <div class="headers">
      {page.redirects.length > 0 && <Redirects page={page} />}
      <h3 class="label">{texts.result.answer}</h3>
      <p class="headers__status">
        <code>
          {page.status} {page.statusText}
        </code>
      </p>
      {page.headers.length === 0 ? (
        <p class="note">{texts.result.noHeaders}</p>
      ) : (
        <div class="scroll" role="region" aria-label={texts.result.headersRegion} tabIndex={0}>
          <table class="table table--headers">
            <tbody>
              {page.headers.map(([name, value], index) => (
                <tr key={index}>
                  <th scope="row">{name}</th>
                  <td>{value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  )
}

function Redirects({ page }: { readonly page: Page }) {
  const { texts } = useWords()
  return (
    <>
      <h3 class="label">{texts.result.redirects}</h3>
      <ol class="redirects">
        {page.redirects.map(({ status, url }, index) => (
          <Hop key={index} status={status} url={url} note={texts.result.redirectTo} />
        ))}
        <Hop status={page.status} url={page.finalUrl} note="" />
      </ol>
    </>
  )
}

interface HopProps {
  readonly status: number
  readonly url: string
  readonly note: string
}

function Hop({ status, url, note }: HopProps) {
  return (
    <li>
      <code class="redirects__status">{status} </code>
      <span class="breakable">{url} </span>
      <span class="quiet">{note}</span>
    </li>
  )
}
