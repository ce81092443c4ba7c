package pie.server;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ask for a part of a content: the one range of a {@code Range} header (RFC 9110 §14.1.2).
 *
 * @param first first byte, or -1 where the last {@code last} bytes are asked for
 * @param last last byte, included; {@link Long#MAX_VALUE} for the end
 */
record ByteRange(long first, long last) {
    private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /** A part of a content of known size. */
    record Span(long first, long length) {}

    /** Read a header; empty for several ranges and for what is none, which are to be answered with the whole. */
    static Optional<ByteRange> parse(String header) {
        Matcher found = ONE.matcher(header.strip());
        if (!found.matches()) {
            return Optional.empty();
        }
        String first = found.group(1);
        String last = found.group(2);
        if (first.isEmpty()) {
            return last.isEmpty() ? Optional.empty() : Optional.of(new ByteRange(-1, Long.parseLong(last)));
        }
        long from = Long.parseLong(first);
        long to = last.isEmpty() ? Long.MAX_VALUE : Long.parseLong(last);
        return to < from ? Optional.empty() : Optional.of(new ByteRange(from, to));
    }

    /** Return what of a content of so many bytes is asked for; empty if it has none of that. */
    Optional<Span> within(long size) {
        if (first < 0) {
            long length = Math.min(last, size);
            return length == 0 ? Optional.empty() : Optional.of(new Span(size - length, length));
        }
        return first >= size ? Optional.empty() : Optional.of(new Span(first, Math.min(last, size - 1) - first + 1));
    }
}
