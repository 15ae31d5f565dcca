/** Tells the tile of a member's screen from that of its camera, which has the member's id. */
export const screenOf = (id: string): string => `${id}/screen`;

/**
 * Who sits where, by id: whoever is there keeps the seat, and a newcomer takes the first that is free. So no picture
 * has to begin anew because somebody else has left.
 */
export function seat(before: readonly (string | null)[], ids: readonly string[]): readonly (string | null)[] {
  const seats = before.map((id) => (id !== null && ids.includes(id) ? id : null));
  for (const id of ids.filter((one) => !seats.includes(one))) {
    const free = seats.indexOf(null);
    seats[free < 0 ? seats.length : free] = id;
  }
  return seats;
}
