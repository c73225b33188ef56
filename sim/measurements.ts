/** `docs/measurements.md`: each program that measures writes its own section, no other. */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const PATH = fileURLToPath(new URL('../docs/measurements.md', import.meta.url))

const HEAD = `# Measurements

Each section is written by the command that it names.
`

/** Replaces the section of this title, or adds it at the end. */
export async function writeSection(title: string, lines: readonly string[]): Promise<void> {
  const text = await readFile(PATH, 'utf8').catch(() => HEAD)
  await writeFile(PATH, withSection(text, title, lines))
}

/** The text with the section `## title` replaced, or added at its end. */
export function withSection(text: string, title: string, lines: readonly string[]): string {
  const section = [`## ${title}`, '', ...lines, ''].join('\n')
  const [head = '', ...rest] = text.split(/^(?=## )/m)
  const index = rest.findIndex((one) => one.startsWith(`## ${title}\n`))
  const sections = index === -1 ? [...rest, section] : rest.with(index, section)
  return [head, ...sections].map((one) => one.trimEnd()).join('\n\n') + '\n'
}
