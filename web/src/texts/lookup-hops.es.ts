/** Palabras de una búsqueda salto a salto. */
import type { HopTexts } from './lookup-hops.en.ts'

export const HOPS_ES: HopTexts = {
  title: 'Una búsqueda, salto a salto',
  hint: 'Busca un nombre desde este miembro y muestra a quién preguntó.',
  field: 'Nombre que buscar',
  submit: 'Buscar y mostrar',
  show: 'Mostrar',
  showOf: (key) => `Mostrar salto a salto la búsqueda de ${key}`,
  named: (name) => `Búsqueda de «${name}»`,
  keyed: (key) => `Búsqueda de ${key}`,
  sums: {
    asked: 'Preguntados',
    answered: 'respondieron',
    silent: 'sin respuesta',
    having: 'tienen algo bajo la clave',
    rounds: 'rondas',
    took: 'tardó',
  },
  nobody: 'No se preguntó a nadie: este miembro no conoce ningún nodo.',
  picture:
    'Cada ronda pregunta a nodos que nombró la anterior, de izquierda a derecha. Cuanto más abajo está un nodo, más cerca está de la clave; los números de la izquierda son los bits iniciales que comparte con ella.',
  bars: (longest) => `Una barra es tan larga como tardó la respuesta; la mayor, ${longest}.`,
  marks: {
    has: 'tiene algo bajo la clave',
    answered: 'respondió',
    silent: 'sin respuesta',
    forged: 'no es quien se decía',
    awaited: 'ya no se le esperó',
  },
  self: 'este miembro',
  round: 'Ronda',
  table: (count) => `Todos los nodos preguntados (${count})`,
  node: 'Nodo',
  asked: 'Preguntado a los',
  answer: 'Respuesta',
  has: 'Tiene',
  holds: { value: 'un valor', records: 'registros' },
  namedBy: 'Lo nombró',
  known: 'conocido',
}
