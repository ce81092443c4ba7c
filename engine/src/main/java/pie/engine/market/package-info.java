/**
 * Decide whose pages stay and who waits: accounts, bids, and the auction of one tick.
 *
 * <pre>
 * wallets + dormant purses + carry = issued + refilled - make cost - retired      (micro-credits, exact, at every tick)
 * rent of a context <= its bid * its effective pages,  and never more than its process has
 * </pre>
 *
 * <p>Whole numbers only, summed in order of arrival: a run is a function of its inputs. No lock, thread, clock or random number;
 * time is an argument. A tick allocates nothing once its arrays have grown.
 */
@org.jspecify.annotations.NullMarked
package pie.engine.market;
