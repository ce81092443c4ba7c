package pie.inferlet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;

/** Find tool calls in a text that comes piece by piece: each character is looked at once. */
final class ToolReader {
    private final ToolForm form;
    private final ArrayDeque<Tools.Event> events = new ArrayDeque<>();
    private final StringBuilder seen = new StringBuilder();
    private final StringBuilder json = new StringBuilder();
    private String name = "";
    private boolean inCalls;
    private boolean begun;
    private boolean quoted;
    private boolean escaped;
    private int depth;

    ToolReader(ToolForm form) {
        this.form = form;
        reset();
    }

    void reset() {
        events.clear();
        seen.setLength(0);
        json.setLength(0);
        name = "";
        // Llama writes a call as the whole answer, with or without its mark.
        inCalls = form == ToolForm.LLAMA3;
        begun = false;
        quoted = false;
        escaped = false;
        depth = 0;
    }

    void read(String text) {
        for (int i = 0; i < text.length(); i++) {
            read(text.charAt(i));
        }
    }

    /** Return the oldest event not returned yet, null for none. */
    Tools.@Nullable Event take() {
        return events.poll();
    }

    List<Tools.Event> takeAll() {
        List<Tools.Event> all = new ArrayList<>(events);
        events.clear();
        return all;
    }

    private void read(char c) {
        if (depth > 0) {
            inside(c);
        } else if (!inCalls) {
            seen.append(c);
            if (endsWith(seen, form.mark())) {
                seen.setLength(0);
                inCalls = true;
                begin();
            } else if (seen.length() > 4 * form.mark().length()) {
                seen.delete(0, seen.length() - form.mark().length());
            }
        } else if (c == '{') {
            begin();
            name = named();
            json.setLength(0);
            depth = 1;
            json.append(c);
        } else {
            between(c);
        }
    }

    private void begin() {
        if (!begun) {
            begun = true;
            events.add(new Tools.Event.Start());
        }
    }

    /** Read what stands between the mark and the JSON of a call, or between calls. */
    private void between(char c) {
        seen.append(c);
        if (form == ToolForm.LLAMA3 && endsWith(seen, form.mark())) {
            seen.setLength(0);
            begin();
        } else if (form == ToolForm.LLAMA3
                && !begun
                && !seen.toString().isBlank()
                && !form.mark().startsWith(seen.toString().strip())) {
            // An answer that begins with words is no call.
            inCalls = false;
        } else if (form == ToolForm.HERMES && endsWith(seen, "</tool_call>")) {
            seen.setLength(0);
            inCalls = false;
        } else if (form == ToolForm.DEEPSEEK && endsWith(seen, "<｜tool▁call▁end｜>")) {
            seen.setLength(0);
            inCalls = false;
        }
    }

    /** Return the name in front of the JSON, where the form has one there. */
    private String named() {
        String text = seen.toString().strip();
        seen.setLength(0);
        return switch (form) {
            case DEEPSEEK -> text.lines().findFirst().orElse("").strip();
            case MISTRAL ->
                text.replace("[ARGS]", "").replace("[", "").replace(",", "").strip();
            case HERMES, LLAMA3 -> "";
        };
    }

    private void inside(char c) {
        json.append(c);
        if (escaped) {
            escaped = false;
        } else if (quoted) {
            escaped = c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
            if (depth == 0) {
                end();
            }
        }
    }

    private void end() {
        String text = json.toString();
        json.setLength(0);
        begun = false;
        if (!name.isEmpty()) {
            events.add(new Tools.Event.Call(name, text));
            return;
        }
        try {
            if (Json.parse(text, "call") instanceof Map<?, ?> call && call.get("name") instanceof String tool) {
                @Nullable
                Object arguments = call.containsKey(form.field())
                        ? call.get(form.field())
                        : call.containsKey("arguments") ? call.get("arguments") : call.get("parameters");
                events.add(new Tools.Event.Call(
                        tool,
                        arguments instanceof String given
                                ? given
                                : Json.text(arguments == null ? Map.of() : arguments)));
            }
        } catch (PieException notJson) {
            // A model may write what looks like a call and is none.
            seen.setLength(0);
        }
    }

    private static boolean endsWith(StringBuilder text, String end) {
        int from = text.length() - end.length();
        return from >= 0 && text.indexOf(end, from) == from;
    }
}
