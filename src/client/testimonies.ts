/** Testimonies through the REST API. */
import { SECOND_MS } from '../base/limits.ts'
import { TestimonyVerdict } from '../wire/api-testimony.ts'
import { testimonyText, Testimony } from '../wire/testimony.ts'
import { Resource, type Asking } from './resource.ts'

/** What is told is read from a majority, a change of leader in between. */
const TIMEOUT_MS = 15 * SECOND_MS

export class Testimonies extends Resource {
  constructor(asking: Asking) {
    super(asking, TIMEOUT_MS)
  }

  /** The document as it is checked. @throws AnilloError NOT_FOUND, BAD_REQUEST */
  async text(id: string, at?: string): Promise<string> {
    return testimonyText(await this.get(Testimony, pathOf(id), { at }))
  }

  /** As the member that answers thinks of it. @throws AnilloError NOT_FOUND, BAD_REQUEST */
  verdict(id: string, at?: string): Promise<TestimonyVerdict> {
    return this.get(TestimonyVerdict, `${pathOf(id)}/verdict`, { at })
  }
}

function pathOf(id: string): string {
  return `/v1/pages/${encodeURIComponent(id)}/witness`
}
