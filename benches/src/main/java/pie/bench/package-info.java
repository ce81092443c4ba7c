/**
 * Load serving engines over HTTP and report. One request is one {@link pie.bench.Sample} with a clock at every station; a round is a
 * closed loop of requests against one target; rounds of several targets alternate, so that a busy neighbour hurts all alike.
 */
@org.jspecify.annotations.NullMarked
package pie.bench;
