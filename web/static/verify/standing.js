// When keys and schools could act (`credential/facts.py`). Times are seconds as the chain counts them.

export const SIGN = 8; // the role of a key that signs artefacts

/** Whether the key was in the wrong hands at that block time, as far as was declared. */
export const isLost = (key, time) => key.compromisedSince > 0 && key.compromisedSince <= time;

/** Whether a key or a school could act at that block time. */
export function covers(standing, time) {
  const ended = standing.validUntil && time >= standing.validUntil;
  const stopped = standing.suspendedSince && time >= standing.suspendedSince;
  return time >= standing.validFrom && !ended && !stopped && !isLost(standing, time);
}
