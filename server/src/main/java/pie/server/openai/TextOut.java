package pie.server.openai;

import java.util.List;
import pie.engine.model.StreamDecoder;
import pie.engine.model.Tokenizer;

/**
 * Turn the tokens of one choice into text, never part of a character, and hold back what may still become a stop string. Pieces,
 * joined, are the whole text up to where the first stop string begins. The first tokens may be free of stop strings.
 */
final class TextOut {
    private final StreamDecoder decoder;
    private final List<String> stops;
    private final boolean includeStop;
    private final StringBuilder held = new StringBuilder();
    private int free;
    private boolean stopped;

    /** @param free tokens in whose text stop strings are not looked for */
    TextOut(Tokenizer tokenizer, List<String> stops, int free, boolean includeStop, boolean skipSpecial) {
        decoder = new StreamDecoder(tokenizer, skipSpecial);
        this.stops = stops;
        this.free = free;
        this.includeStop = includeStop;
    }

    /** Take a token and return the text that is certain now. */
    String feed(int token) {
        String more = decoder.feed(token);
        if (free > 0) {
            free--;
            return more;
        }
        return stopped ? "" : certain(more);
    }

    /** Return the text that is left at the end. */
    String finish() {
        if (stopped) {
            return "";
        }
        String last = certain(decoder.finish());
        if (!stopped) {
            last += held;
            held.setLength(0);
        }
        return last;
    }

    private String certain(String more) {
        if (stops.isEmpty()) {
            return more;
        }
        held.append(more);
        for (int end = 1; end <= held.length(); end++) {
            int start = longestStopThatEnds(end);
            if (start >= 0) {
                stopped = true;
                return taken(includeStop ? end : start, true);
            }
        }
        return taken(held.length() - undecided(), false);
    }

    private int longestStopThatEnds(int end) {
        int start = -1;
        for (String stop : stops) {
            int from = end - stop.length();
            if (from >= 0 && (start < 0 || from < start) && held.indexOf(stop, from) == from) {
                start = from;
            }
        }
        return start;
    }

    private String taken(int length, boolean last) {
        String text = held.substring(0, length);
        held.delete(0, last ? held.length() : length);
        return text;
    }

    /** Return the length of the longest end of the held text with which a stop string begins. */
    private int undecided() {
        int longest = 0;
        for (String stop : stops) {
            for (int n = Math.min(stop.length() - 1, held.length()); n > longest; n--) {
                if (stop.startsWith(held.substring(held.length() - n))) {
                    longest = n;
                }
            }
        }
        return longest;
    }
}
