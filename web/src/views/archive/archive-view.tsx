/** Pages that are held, by host; what is taken along, and what is added. */
import { useEffect, useState } from 'preact/hooks'

import type { HeldPage } from '../../../../src/wire/api-archives.ts'
import { may } from '../../model/accounts.ts'
import { shortAddress } from '../../model/address.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { Frame } from '../accounts/frame.tsx'
import { Form, TextField } from '../accounts/parts.tsx'
import { FreshLink } from '../fresh-link.tsx'
import { useLoaded } from '../hooks.ts'
import { cursorOf, PagedList, useRest } from '../paged-list.tsx'
import { useWords } from '../words.ts'
import { ExportCard } from './export-card.tsx'
import { ImportCard } from './import-card.tsx'
import { SearchCard } from './search-card.tsx'

import '../../styles/archive.css'

export function ArchiveView() {
  const { texts } = useWords()
  const { account } = useSession()
  const who = useCell(account.who)
  const words = texts.archive
  const [host, setHost] = useState('')
  const [added, setAdded] = useState(0)
  return (
    <Frame name="archive" title={words.title} hint={words.hint}>
      <div class="archive">
        <SearchCard />
        <Form label={words.host} onSubmit={(fields) => setHost(fields('host').trim())}>
          <TextField
            name="host"
            label={words.host}
            hint={words.hostHint}
            autocomplete="off"
            isOptional
          />
          <div class="actions">
            <button type="submit" class="button">
              {words.look}
            </button>
          </div>
        </Form>
        <HeldList key={`${host} ${added}`} host={host} />
        <div class="archive__cards">
          <ExportCard path="/v1/pages/export" {...(host === '' ? {} : { filter: { host } })} />
          {may(who, 'pages.import') && <ImportCard onAdded={() => setAdded(added + 1)} />}
        </div>
      </div>
    </Frame>
  )
}

function HeldList({ host }: { readonly host: string }) {
  const { archive } = useSession()
  const first = useLoaded(() => archive.pages(host), host)
  const rest = useRest((cursor) => archive.pages(host, cursor))
  const cursor = cursorOf(first.value, rest)
  const isEmpty = [first.value, rest.read].every((part) => (part?.items ?? []).length === 0)
  // Of many pages those of one host may stand far behind.
  useEffect(() => {
    if (isEmpty && cursor !== undefined) rest.readOn(cursor)
  }, [cursor])
  return (
    <div class="crawls__list">
      <PagedList first={first} rest={rest} isLooking={isEmpty && cursor !== undefined}>
        {(items) => <HeldTable items={items} />}
      </PagedList>
    </div>
  )
}

function HeldTable({ items }: { readonly items: readonly HeldPage[] }) {
  const { texts } = useWords()
  const words = texts.archive
  if (items.length === 0) return <p class="note">{words.none}</p>
  return (
    <div class="scroll" role="region" aria-label={words.table} tabIndex={0}>
      <table class="table table--told" id="held">
        <caption class="unseen">{words.table}</caption>
        <thead>
          <tr>
            <th scope="col">{words.address}</th>
            <th scope="col">{words.answer}</th>
            <th scope="col" class="number">
              {words.size}
            </th>
            <th scope="col">{words.got}</th>
            <th scope="col">{words.pageTitle}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((page) => (
            <HeldRow key={page.id} page={page} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function HeldRow({ page }: { readonly page: HeldPage }) {
  const door = useCell(useSession().door)
  const { texts, bytes, minute } = useWords()
  const words = texts.archive
  return (
    <tr>
      <td title={page.url}>
        {page.status === undefined ? (
          shortAddress(page.url)
        ) : (
          <FreshLink href={`${door}/v1/pages/${page.id}/view`}>{shortAddress(page.url)}</FreshLink>
        )}
      </td>
      <td data-title={words.answer}>{page.status ?? page.code}</td>
      <td class="number" data-title={words.size}>
        {page.bytes === undefined ? '' : bytes(page.bytes)}
      </td>
      <td data-title={words.got}>{minute(page.at)}</td>
      <td class="crawl__title" title={page.title}>
        {page.title}
      </td>
    </tr>
  )
}
