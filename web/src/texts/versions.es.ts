/** Los textos sobre las versiones de una página en español. */
import type { VersionTexts } from './versions.en.ts'

const lines = (count: number): string => `${count} ${count === 1 ? 'línea' : 'líneas'}`

export const VERSIONS_ES: VersionTexts = {
  tab: 'Versiones',
  only: (since) => `El anillo ha visto una sola versión de esta página, desde el ${since}.`,
  hint: 'Lo que fue sustituido sigue aquí. Elige dos versiones para ver qué cambió.',
  table: 'Versiones de la página, la más nueva primero',
  from: 'Antes',
  to: 'Después',
  fromThis: (version) => `Comparar desde la versión del ${version}`,
  toThis: (version) => `Comparar con la versión del ${version}`,
  at: 'Vista por primera vez',
  fetchedAt: 'Vista por última vez',
  status: 'Estado',
  size: 'Tamaño',
  held: 'la más nueva',
  save: 'Guardar',
  saveThis: (version) => `Guardar el cuerpo de la versión del ${version}`,
  older: 'Más antiguas',
  changes: 'Qué cambió',
  of: 'Comparar',
  kinds: { text: 'el texto', source: 'la fuente' },
  comparing: 'Comparando …',
  changed: ({ added, removed }) => `${lines(removed)} de menos, ${lines(added)} de más.`,
  same: { text: 'El texto es el mismo.', source: 'La fuente es la misma.' },
  chooseTwo: 'Elige dos versiones distintas.',
  statusChanged: ({ from, to }) => `El estado pasó de ${from} a ${to}.`,
  lines: 'Líneas que cambiaron, con las de alrededor',
  line: { removed: 'quitada:', added: 'añadida:' },
}
