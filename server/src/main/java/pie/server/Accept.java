package pie.server;

import io.helidon.http.HeaderNames;
import java.util.Locale;

/** Read the Accept header as far as the choice between events and JSON goes. */
final class Accept {
    private static final String EVENTS = "text/event-stream";
    private static final String JSON = "application/json";

    private Accept() {}

    /** Say whether {@code text/event-stream} is named, with a q not below that of {@code application/json}. */
    static boolean events(Exchange exchange) {
        String accept = exchange.header(HeaderNames.ACCEPT).orElse("");
        double events = quality(accept, EVENTS);
        return events > 0 && events >= quality(accept, JSON);
    }

    /** Say whether {@code application/json} is named, with a q above that of {@code text/event-stream}. */
    static boolean json(Exchange exchange) {
        String accept = exchange.header(HeaderNames.ACCEPT).orElse("");
        return quality(accept, JSON) > quality(accept, EVENTS);
    }

    /** Return the q of a type that is named itself, 0 if it is not. */
    private static double quality(String accept, String type) {
        double best = 0;
        for (String range : accept.toLowerCase(Locale.ROOT).split(",")) {
            String[] parts = range.split(";");
            if (parts[0].strip().equals(type)) {
                best = Math.max(best, q(parts));
            }
        }
        return best;
    }

    private static double q(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String p = parts[i].strip();
            if (p.startsWith("q=")) {
                try {
                    return Double.parseDouble(p.substring(2));
                } catch (NumberFormatException e) {
                    return 1;
                }
            }
        }
        return 1;
    }
}
