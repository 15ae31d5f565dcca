/** What both sides of one pair keep in mind about their offers. */
export interface Negotiation {
  /** The polite side waits for the first offer, and takes its own offer back when two cross. */
  readonly polite: boolean;
  /** Whether the first offer was made or has come. */
  readonly begun: boolean;
  /** Whether another offer was agreed on since the first. */
  readonly settled: boolean;
  /** Whether the peer's latest offer lost against ours, so that its candidates mean nothing here. */
  readonly ignoring: boolean;
}

/**
 * Our side wants something else than was agreed on (`fresh`: something of it has hardly sent yet), the peer
 * has asked for an offer, or a description has come.
 */
export type NegotiationInput = 'needed' | 'fresh' | 'asked' | 'offer' | 'answer';

/** What is to be done. `accept-offer` takes an own offer back where one is out; `ask` is for an offer of the peer's. */
export type NegotiationStep = 'wait' | 'ask' | 'make-offer' | 'accept-offer' | 'accept-answer' | 'ignore';

export function beginNegotiation(polite: boolean): Negotiation {
  return { polite, begun: false, settled: false, ignoring: false };
}

/**
 * Perfect negotiation with a fixed first offerer: the impolite side. The first offer is thus never taken back, which
 * would leave Chromium without candidates; and the polite side makes none before it has answered a second one, nor while
 * something is fresh, for if it took its own back then, Chromium would never show a picture of the peer again. To be asked
 * for one input at a time, after the step before was done.
 */
export function negotiate(
  state: Negotiation,
  signaling: RTCSignalingState,
  input: NegotiationInput,
): readonly [NegotiationStep, Negotiation] {
  const offering = signaling === 'have-local-offer';
  switch (input) {
    case 'needed':
    case 'fresh':
      // Later: the browser asks again when it is stable and something is still to be agreed on.
      if (signaling !== 'stable' || (state.polite && !state.begun)) return ['wait', state];
      if (state.polite && (!state.settled || input === 'fresh')) return ['ask', state];
      return ['make-offer', { ...state, begun: true }];
    case 'asked':
      // An offer that is out already does as well.
      return [signaling === 'stable' ? 'make-offer' : 'wait', state];
    case 'offer':
      if (offering && !state.polite) return ['ignore', { ...state, ignoring: true }];
      return ['accept-offer', { ...state, begun: true, settled: state.begun, ignoring: false }];
    case 'answer':
      return [offering ? 'accept-answer' : 'ignore', state];
  }
}
