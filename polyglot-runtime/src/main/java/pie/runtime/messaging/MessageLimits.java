package pie.runtime.messaging;

/**
 * Bound what topics hold.
 *
 * @param messages in one queue
 * @param bytes of text in one queue, and in one subscription
 * @param topics of one owner that have content or listeners
 */
public record MessageLimits(int messages, long bytes, int topics) {
    public static final MessageLimits DEFAULT = new MessageLimits(10_000, 64L << 20, 1024);
}
