package pie.inferlet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.model.ChatTemplate;
import pie.engine.model.LoadedModel;

/**
 * Hold the forms of a chat template that follow from rendering small conversations: the header that opens the assistant's turn, the
 * text that ends it, and the ids that stop a generation.
 */
record ChatForm(int[] header, int[] seal, int[] stops) {
    private static final String MARK = "\u00b6pie\u00b6";
    private static final Map<LoadedModel, ChatForm> CACHE = Collections.synchronizedMap(new WeakHashMap<>());

    static ChatForm of(LoadedModel model, Map<String, Object> variables) {
        if (!variables.isEmpty()) {
            return derive(model, variables);
        }
        ChatForm known = CACHE.get(model);
        if (known == null) {
            known = derive(model, variables);
            CACHE.put(model, known);
        }
        return known;
    }

    private static ChatForm derive(LoadedModel model, Map<String, Object> variables) {
        var stops = new LinkedHashSet<Integer>();
        for (int id : model.config().stopIds()) {
            stops.add(id);
        }
        if (model.chatTemplate().isEmpty()) {
            return new ChatForm(new int[0], new int[0], ints(stops));
        }
        ChatTemplate template = model.chatTemplate().get();
        Map<String, Object> question = message("user", "x");
        String asked = template.render(List.of(question), null, false, variables);
        String cued = template.render(List.of(question), null, true, variables);
        int[] header = encode(model, after(asked, cued));
        String answered = template.render(List.of(question, message("assistant", MARK)), null, false, variables);
        int end = answered.lastIndexOf(MARK);
        int[] seal = end < 0 ? new int[0] : encode(model, answered.substring(end + MARK.length()));
        if (seal.length > 0 && model.tokenizer().isSpecial(seal[0])) {
            stops.add(seal[0]);
        }
        return new ChatForm(header, seal, ints(stops));
    }

    /** Render messages that come first. */
    static String opening(LoadedModel model, List<Map<String, Object>> messages, Map<String, Object> variables) {
        return opening(model, messages, null, variables);
    }

    /** Render messages that come first, with tools. */
    static String opening(
            LoadedModel model,
            List<Map<String, Object>> messages,
            @Nullable List<Map<String, Object>> tools,
            Map<String, Object> variables) {
        ChatTemplate template = template(model);
        try {
            return template.render(messages, tools, false, variables);
        } catch (PieException e) {
            if (messages.size() == 1 && "system".equals(messages.getFirst().get("role"))) {
                return template.render(
                        List.of(message(
                                "user", String.valueOf(messages.getFirst().get("content")))),
                        tools,
                        false,
                        variables);
            }
            throw e;
        }
    }

    /** Render one message that goes on with a conversation of which nothing else is known. */
    static String continuing(LoadedModel model, Map<String, Object> message, Map<String, Object> variables) {
        ChatTemplate template = template(model);
        List<Map<String, Object>> before = "assistant".equals(message.get("role"))
                ? List.of(message("user", "x"))
                : List.of(message("user", "x"), message("assistant", "y"));
        var all = new ArrayList<>(before);
        all.add(message);
        return after(template.render(before, null, false, variables), template.render(all, null, false, variables));
    }

    /** Return what a rendering adds to another; null if it changes it. */
    static @Nullable String added(String before, String whole) {
        return whole.startsWith(before) ? whole.substring(before.length()) : null;
    }

    static Map<String, Object> message(String role, String content) {
        return Map.of("role", role, "content", content);
    }

    static int[] encode(LoadedModel model, String text) {
        return text.isEmpty() ? new int[0] : model.tokenizer().encode(text, true);
    }

    static ChatTemplate template(LoadedModel model) {
        return model.chatTemplate()
                .orElseThrow(() -> new PieException(
                        ErrorCode.UNSUPPORTED,
                        "model '" + model.name() + "' has no chat template; use append_text and auto_flush off"));
    }

    boolean stops(int id) {
        for (int stop : stops) {
            if (stop == id) {
                return true;
            }
        }
        return false;
    }

    /** Return how many leading ids of the seal are the end of {@code tokens}. */
    int sealed(int[] tokens) {
        for (int n = Math.min(seal.length, tokens.length); n > 0; n--) {
            if (Arrays.equals(tokens, tokens.length - n, tokens.length, seal, 0, n)) {
                return n;
            }
        }
        return 0;
    }

    private static String after(String before, String whole) {
        String added = added(before, whole);
        if (added != null) {
            return added;
        }
        int common = 0;
        while (common < before.length() && common < whole.length() && before.charAt(common) == whole.charAt(common)) {
            common++;
        }
        return whole.substring(common);
    }

    private static int[] ints(Set<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
