/** `anillo share` and what stands below it. */
import { Command } from 'commander'

import type { CommandContext } from '../context.ts'
import { fileWords } from './share-files.ts'
import { networkWords } from './share-network.ts'

const EXAMPLES = `
  $ npx anillo share upload film.mp4         into the ring, and shared with everybody
  $ npx anillo share upload --ring shared/film.mp4
  $ npx anillo share download film.mp4       from whoever shares it
  $ npx anillo share ls
  $ npx anillo share set notes.pdf http://198.51.100.7/notes.pdf
  $ npx anillo share get notes.pdf
  $ npx anillo share serve                   a node alone, for others to start from

What is shared so everybody can read, with a ring or without. docs/share.md has all of it.`

export function shareCommand(context: CommandContext): Command {
  const command = new Command('share')
    .description('share files with everybody outside the ring, and have theirs')
    .usage('upload|download|pause|resume|cancel|ls|stat|del|set|get|serve ...')
    .addHelpText('after', EXAMPLES)
  for (const word of [...fileWords(context), ...networkWords(context)]) command.addCommand(word)
  return command
}
