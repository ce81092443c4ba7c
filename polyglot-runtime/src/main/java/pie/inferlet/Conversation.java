package pie.inferlet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.ContextHandle;
import pie.engine.PieException;
import pie.engine.model.LoadedModel;

/**
 * Keep the messages of a context and write them through the model's chat template, as late as they can be seen, so that those
 * written together look as in a rendering of the whole conversation. Guarded by the context's lock.
 */
final class Conversation {
    private final LoadedModel model;
    private final ContextHandle handle;
    private final Map<String, Object> variables;
    private final List<Map<String, Object>> written;
    private final List<Map<String, Object>> fresh = new ArrayList<>();
    private @Nullable List<Map<String, Object>> tools;

    Conversation(LoadedModel model, ContextHandle handle, Map<String, Object> variables) {
        this(model, handle, variables, List.of());
    }

    private Conversation(
            LoadedModel model, ContextHandle handle, Map<String, Object> variables, List<Map<String, Object>> written) {
        this.model = model;
        this.handle = handle;
        this.variables = variables;
        this.written = new ArrayList<>(written);
    }

    /** Go on with a copy of the context; nothing may be unwritten. */
    Conversation fork(ContextHandle copy) {
        var same = new Conversation(model, copy, variables, written);
        same.tools = tools;
        return same;
    }

    /** Let the template place tools where it wants them; not once something is written. */
    boolean equip(List<Map<String, Object>> described) {
        if (handle.written() + handle.pendingCount() > 0) {
            return false;
        }
        tools = described;
        return true;
    }

    void add(String role, String text) {
        add(ChatForm.message(role, text));
    }

    void add(Map<String, Object> message) {
        ChatForm.template(model);
        if (fresh.isEmpty()) {
            endOpenTurn();
        }
        fresh.add(message);
    }

    /** Make what was said pending. */
    void settle() {
        if (fresh.isEmpty()) {
            return;
        }
        try {
            handle.append(ChatForm.encode(model, unwritten()));
            written.addAll(fresh);
        } finally {
            fresh.clear();
        }
    }

    private String unwritten() {
        boolean empty = handle.written() + handle.pendingCount() == 0;
        if (empty) {
            written.clear();
            return ChatForm.opening(model, fresh, tools, variables);
        }
        if (!written.isEmpty()) {
            @Nullable String added = addedByAll();
            if (added != null) {
                return added;
            }
        }
        var text = new StringBuilder();
        for (Map<String, Object> message : fresh) {
            text.append(ChatForm.continuing(model, message, variables));
        }
        return text.toString();
    }

    private @Nullable String addedByAll() {
        var all = new ArrayList<>(written);
        all.addAll(fresh);
        try {
            return ChatForm.added(
                    ChatForm.opening(model, written, tools, variables),
                    ChatForm.template(model).render(all, tools, false, variables));
        } catch (PieException refused) {
            return null;
        }
    }

    /** Open the assistant's turn unless the tail is its header. */
    void cue() {
        settle();
        int[] header = form().header();
        if (header.length > 0 && !Arrays.equals(handle.tail(header.length), header)) {
            handle.append(header);
        }
    }

    /** End a turn; what of the end is there already is not repeated. */
    void seal() {
        settle();
        if (!endOpenTurn()) {
            appendSeal(handle.tail(form().seal().length));
        }
    }

    ChatForm form() {
        return ChatForm.of(model, variables);
    }

    /** End the assistant's turn if one is open, and remember what was said in it. */
    private boolean endOpenTurn() {
        ChatForm form = form();
        int[] header = form.header();
        if (header.length == 0) {
            return false;
        }
        int[] tokens = handle.tokens();
        int start = lastIndex(tokens, header);
        if (start < 0) {
            return false;
        }
        int end = start + header.length;
        while (end < tokens.length && !form.stops(tokens[end])) {
            end++;
        }
        int[] rest = Arrays.copyOfRange(tokens, end, tokens.length);
        boolean open = rest.length < Math.max(1, form.seal().length) && form.sealed(rest) == rest.length;
        if (!open) {
            return false;
        }
        if (!written.isEmpty()) {
            int[] said = Arrays.copyOfRange(tokens, start + header.length, end);
            written.add(ChatForm.message("assistant", model.tokenizer().decode(said, true)));
        }
        appendSeal(rest);
        return true;
    }

    private void appendSeal(int[] tail) {
        ChatForm form = form();
        int there = form.sealed(tail);
        if (there < form.seal().length) {
            handle.append(Arrays.copyOfRange(form.seal(), there, form.seal().length));
        }
    }

    private static int lastIndex(int[] tokens, int[] part) {
        for (int at = tokens.length - part.length; at >= 0; at--) {
            if (Arrays.equals(tokens, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        return -1;
    }
}
