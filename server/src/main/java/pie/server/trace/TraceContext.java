package pie.server.trace;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Carry what a caller's {@code traceparent} header says (W3C Trace Context).
 *
 * @param parent id of the caller's span, "" where a trace begins here
 */
public record TraceContext(String trace, String parent, boolean sampled) {
    /** What the current thread's request is a part of. */
    public static final ScopedValue<TraceContext> CURRENT = ScopedValue.newInstance();

    private static final Pattern HEADER = Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2}).*");
    private static final String NO_TRACE = "0".repeat(32);

    /** Return that of the current request, a new one outside of any. */
    public static TraceContext current() {
        return CURRENT.isBound() ? CURRENT.get() : of(Optional.empty());
    }

    /** Return the context of what is a part of a span of this trace. */
    public TraceContext within(String span) {
        return new TraceContext(trace, span, sampled);
    }

    /** Go on with a caller's trace, or begin one. */
    public static TraceContext of(Optional<String> header) {
        Matcher m = HEADER.matcher(header.orElse(""));
        if (!m.matches() || m.group(1).equals(NO_TRACE)) {
            return new TraceContext(Span.newTrace(), "", true);
        }
        return new TraceContext(m.group(1), m.group(2), (Integer.parseInt(m.group(3), 16) & 1) == 1);
    }
}
