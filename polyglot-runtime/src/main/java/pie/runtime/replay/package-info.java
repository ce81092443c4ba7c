/**
 * Record the life of a process as the answers that its host calls got, and run it again from them.
 *
 * <p>A program sees the world only through host calls: tokens, texts, messages, clocks, randomness, the order in which calls complete.
 * With the same program, input and seed and the same answers in the same order, it does the same again, byte for byte, without engine,
 * model or client.
 */
@org.jspecify.annotations.NullMarked
package pie.runtime.replay;
