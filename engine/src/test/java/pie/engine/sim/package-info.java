/**
 * Run the whole engine on virtual time, from one seed, on one thread, and check its laws after every turn.
 *
 * <pre>
 * Scenario (seed) -> EngineSim: [ next event | turn | checkers ]*  -> leak audit, transcripts against each program alone
 * programs -> engine -> Witness (what was submitted) -> FaultyDriver -> SimDriver (virtual time) -> HashDriver
 * </pre>
 *
 * The same seed gives the same journal, byte for byte. A checker's name is its number in the list of invariants. What each of them
 * was seen to find is in {@code docs/simulation.md}.
 */
@org.jspecify.annotations.NullMarked
package pie.engine.sim;
