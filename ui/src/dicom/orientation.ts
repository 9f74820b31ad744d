/** The letters at the edges of a picture: where in the patient each edge points to. */
export interface EdgeLetters {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

/**
 * From Image Orientation (Patient), the direction cosines of a row and of a column (PS3.3 §C.7.6.2.1.1). The patient's
 * axes run to the left (x), to the back (y) and to the head (z). An oblique edge carries up to two letters, the
 * stronger first; a direction below 20° counts as none.
 */
export function edgeLetters(orientation: readonly number[]): EdgeLetters | undefined {
  if (orientation.length !== 6) return undefined;
  const row = orientation.slice(0, 3);
  const column = orientation.slice(3);
  const right = letters(row);
  const bottom = letters(column);
  if (right === '' || bottom === '') return undefined;
  return {
    right,
    bottom,
    left: letters(row.map((cosine) => -cosine)),
    top: letters(column.map((cosine) => -cosine)),
  };
}

function letters(direction: readonly number[]): string {
  const names = [['L', 'R'], ['P', 'A'], ['H', 'F']] as const;
  const least = Math.sin((20 / 180) * Math.PI);
  return direction
    .map((cosine, axis) => ({ size: Math.abs(cosine), letter: names[axis]?.[cosine >= 0 ? 0 : 1] ?? '' }))
    .filter((part) => part.size > least)
    .sort((a, b) => b.size - a.size)
    .slice(0, 2)
    .map((part) => part.letter)
    .join('');
}
