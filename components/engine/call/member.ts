/** Somebody else in the room, from the first sign on. */
export interface Member {
  readonly id: string;
  readonly sid: string;
  /** What it calls itself. */
  readonly name: string;
  /** Whether it has spoken to us: anything else may have been left behind by somebody long gone. */
  readonly confirmed: boolean;
  /** Until when, by our clock, it may still be turned away; 0 where it was inside before it heard of us. */
  readonly settles: number;
}
