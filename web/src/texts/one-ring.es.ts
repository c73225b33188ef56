/** Words of what all services have in common, in Spanish. */
import type { OneRingTexts } from './one-ring.en.ts'

export const ONE_RING_ES: OneRingTexts = {
  find: {
    title: 'Búsqueda',
    hint: 'Páginas por lo que dicen, archivos por su nombre, dweets por su texto.',
    kinds: { pages: 'Páginas', files: 'Archivos', dweets: 'Dweets' },
    group: (kind, count) => `${kind}: hay ${count}`,
    none: (words) => `No se encuentra nada para «${words}».`,
    told: (counts) => `Encontrado. ${counts}.`,
    over: (count) => `más de ${count}`,
    incomplete: 'No se pudo mirar todo: puede haber más.',
    more: (kind) => `Más ${kind.toLowerCase()}`,
    folder: 'carpeta',
    untitled: 'Dweet sin palabras',
    open: (address) => `Abrir ${address} por el anillo`,
  },
  archived: {
    at: (time) => `Copia archivada, ${time}`,
    now: 'Archivar esta página',
    working: 'Archivando …',
    done: 'Archivada.',
    none: 'El archivo no tiene copia de ella.',
  },
}
