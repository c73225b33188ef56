/** Los textos sobre lo que varios miembros vieron de una página en español. */
import type { WitnessTexts } from './witnesses.en.ts'

export const WITNESSES_ES: WitnessTexts = {
  tab: 'Testigos',
  none: 'Solo un miembro ha visto esto. Varios pueden verlo juntos y firmar lo que vieron.',
  ask: (count) => `Que ${count} miembros la vean`,
  agree: ({ agree, asked }) => `${agree} de ${asked} miembros vieron lo mismo.`,
  sound: 'Cada uno firmó lo que vio, y todas las firmas son válidas.',
  unsound: 'Lo guardado aquí no es válido: fue cambiado, o no es de este anillo.',
  few: ({ told, asked }) => `Solo ${told} de ${asked} pudieron ver la página.`,
  differ: 'Vieron cosas distintas: la página puede cambiar de una petición a otra.',
  table: 'Quién vio qué',
  member: 'Miembro',
  at: 'Cuándo',
  from: 'Respondió',
  saw: 'Vio',
  same: 'lo mismo',
  other: ({ status, bytes }) => `otra cosa: estado ${status}, ${bytes}`,
  authority: 'Autoridad (SHA-256)',
  save: 'Guardar el testimonio',
  hint: 'Cualquiera puede comprobarlo sin el anillo: anillo pages verify.',
}
