package pie.runtime;

import pie.runtime.bridge.Dialect;

/**
 * Say what it takes to run programs of a language in another process than the server's.
 *
 * @param type of its programs, a record of texts
 * @param names spells names as the language does; makes no values
 * @param membersAreData whether objects with members are maps
 */
public record Portable<P>(Class<P> type, Dialect names, boolean membersAreData) {}
