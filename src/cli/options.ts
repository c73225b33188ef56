/** Options and readers of words that several commands share. */
import { InvalidArgumentError, Option, type Command } from 'commander'

/** As many as `up` starts where nobody says how many. */
export const MEMBERS_DEFAULT = 5

/** The certificate of the ring's authority: each member has it, in the directory of its ring. */
export const AUTHORITY_FILE = 'DATA/members/NAME/ca.pem'

export function dataOption(): Option {
  return new Option(
    '--data <dir>',
    'directory of the ring (default: ANILLO_DATA, or ~/.local/share/anillo)',
  )
}

export function jsonOption(): Option {
  return new Option('--json', 'print JSON on standard output')
}

export interface DoorFlags {
  readonly data?: string
  readonly at: readonly string[]
  readonly json?: true
}

/** Of commands that speak with a running ring. */
export function doorOptions(): readonly Option[] {
  const collect = (url: string, before: readonly string[]): readonly string[] => [...before, url]
  const at = new Option(
    '--at <url>',
    'door of a member; may be repeated; ANILLO_CA names whom to trust at https doors',
  )
    .argParser(collect)
    .default([], 'those of the members in DATA, of the last log-in, http://localhost:9100 to :9104')
  return [at, dataOption(), jsonOption()]
}

/** Of commands that have pages downloaded. */
export function vantageOption(): Option {
  return new Option('--vantage <name>', 'by whose network: a member, or a host of members')
}

/** A command that speaks with a running ring. */
export function withDoors(command: Command): Command {
  for (const option of doorOptions()) command.addOption(option)
  return command
}

/** A command of several words, each of which speaks with a running ring. */
export function withWords(command: Command, words: readonly Command[]): Command {
  for (const word of words) command.addCommand(withDoors(word))
  return command
}

export interface OwnerFlags extends DoorFlags {
  readonly asOwner?: true
}

/** Of commands that give an account back. */
export function ownerOption(): Option {
  const words = 'with the key in the directory of a member here, where no password is known'
  return new Option('--as-owner', words).conflicts('at')
}

export interface ConfirmedFlags extends DoorFlags {
  readonly yes?: true
}

/** Of commands that nobody takes back. */
export function yesOption(): Option {
  return new Option('--yes', 'do not ask whether it is meant')
}

/** A reader of whole numbers for commander. */
export function integerFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}

export const portFrom = integerFrom(1, 65_535)
