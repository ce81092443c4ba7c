package pie.server.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tell calls from text in what a model writes: {@code <tool_call>{…}</tool_call>}, or a text that is one call and nothing else. Text
 * that may still be the beginning of a call is held back.
 */
final class ToolReader {
    private static final String OPEN = "<tool_call>";
    private static final String CLOSE = "</tool_call>";

    private final StringBuilder held = new StringBuilder();
    private final List<ToolCall> calls = new ArrayList<>();
    private boolean inCall;
    private boolean spoke;

    /** Return the calls read so far. */
    List<ToolCall> calls() {
        return calls;
    }

    /** Take text, return what of it is no call. */
    String feed(String more) {
        held.append(more);
        var out = new StringBuilder();
        while (inCall ? closes(out) : opens(out)) {}
        spoke |= !out.isEmpty();
        return out.toString();
    }

    private boolean opens(StringBuilder out) {
        int at = held.indexOf(OPEN);
        if (at >= 0) {
            String before = held.substring(0, at);
            out.append(before.isBlank() ? "" : before);
            held.delete(0, at + OPEN.length());
            inCall = true;
            return true;
        }
        if (!spoke && held.toString().stripLeading().startsWith("{")) {
            return false;
        }
        int certain = held.length() - undecided();
        while (certain > 0 && Character.isWhitespace(held.charAt(certain - 1))) {
            certain--;
        }
        out.append(held, 0, certain);
        held.delete(0, certain);
        return false;
    }

    private int undecided() {
        for (int n = Math.min(OPEN.length() - 1, held.length()); n > 0; n--) {
            if (OPEN.startsWith(held.substring(held.length() - n))) {
                return n;
            }
        }
        return 0;
    }

    private boolean closes(StringBuilder out) {
        int at = held.indexOf(CLOSE);
        if (at < 0) {
            return false;
        }
        String body = held.substring(0, at);
        held.delete(0, at + CLOSE.length());
        inCall = false;
        ToolCall.parse(body)
                .ifPresentOrElse(calls::add, () -> out.append(OPEN).append(body).append(CLOSE));
        return true;
    }

    /** Return the text that is left at the end; a call that was all but closed counts. */
    String finish() {
        String rest = held.toString();
        held.setLength(0);
        boolean alone = !spoke && calls.isEmpty();
        if (inCall || alone) {
            Optional<ToolCall> call = ToolCall.parse(rest);
            if (call.isPresent()) {
                calls.add(call.get());
                return "";
            }
        }
        if (inCall) {
            return OPEN + rest;
        }
        return rest.isBlank() && !calls.isEmpty() ? "" : rest;
    }
}
