/**
 * Show where the time of a process went: as a trace for Perfetto, as a picture, as a page, and in words.
 *
 * <p>Law: each moment of the recorded life is in one slice of one lane, so that lanes add up to the wall time.
 */
@org.jspecify.annotations.NullMarked
package pie.server.profile;
