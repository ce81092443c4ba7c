import { ids } from './base.js';
import { ENDS, Output } from './forward.js';

// Give tokens, or an output with all it says of them, to a decoder of the host.
export function fed(feed, h, given) {
  const tokens = given instanceof Output ? given.tokens : given;
  return feed(h, ids(tokens), tokens?.[ENDS] === true);
}
