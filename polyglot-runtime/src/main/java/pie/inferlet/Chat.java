package pie.inferlet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.model.ChatTemplate;
import pie.engine.model.LoadedModel;

/** Render messages with the model's own chat template, and read what it answers: module {@code chat}. */
public final class Chat {
    private Chat() {}

    /** Return the ids of a system message that opens a conversation. */
    public static int[] system(Model model, String text) {
        return opening(model, List.of(ChatForm.message("system", text)));
    }

    /** Return the ids of a user message that goes on with a conversation. */
    public static int[] user(Model model, String text) {
        return continuing(model, "user", text);
    }

    /** Return the ids of an assistant message that goes on with a conversation. */
    public static int[] assistant(Model model, String text) {
        return continuing(model, "assistant", text);
    }

    /** Return the ids of a user message that opens a conversation. */
    public static int[] firstUser(Model model, String text) {
        return opening(model, List.of(ChatForm.message("user", text)));
    }

    /** Return the ids of a system and a user message that open a conversation. */
    public static int[] systemUser(Model model, String system, String text) {
        return opening(model, List.of(ChatForm.message("system", system), ChatForm.message("user", text)));
    }

    public static int[] render(Model model, List<Map<String, Object>> messages) {
        return render(model, messages, false, Map.of());
    }

    /** Return the ids of a whole conversation. */
    public static int[] render(
            Model model,
            List<Map<String, Object>> messages,
            boolean addGenerationPrompt,
            Map<String, Object> template) {
        return render(model, messages, List.of(), addGenerationPrompt, template);
    }

    /**
     * Return the ids of a whole conversation with tools.
     *
     * @param tools {@link Tools#of tool functions} or maps with {@code name description parameters}
     * @throws pie.engine.PieException UNSUPPORTED for tools without a tool form
     */
    public static int[] render(
            Model model,
            List<Map<String, Object>> messages,
            List<?> tools,
            boolean addGenerationPrompt,
            Map<String, Object> template) {
        LoadedModel loaded = model.loaded();
        ChatTemplate form = ChatForm.template(loaded);
        if (!tools.isEmpty() && !Tools.supported(model)) {
            throw Unsupported.later("chat.render: model '" + model.name() + "' has no tool form");
        }
        @Nullable List<Map<String, Object>> wrapped = tools.isEmpty() ? null : Tools.wrapped(Tools.described(tools));
        return ChatForm.encode(loaded, form.render(messages, wrapped, addGenerationPrompt, template));
    }

    /** Return the header that opens the assistant's turn. */
    public static int[] cue(Model model) {
        ChatForm.template(model.loaded());
        return form(model).header().clone();
    }

    /** Return the sequence that ends a turn. */
    public static int[] seal(Model model) {
        ChatForm.template(model.loaded());
        return form(model).seal().clone();
    }

    /** Return the ids that end a turn; without a template the model's stop ids. */
    public static int[] stopTokens(Model model) {
        return form(model).stops().clone();
    }

    static ChatForm form(Model model) {
        return ChatForm.of(model.loaded(), Map.of());
    }

    private static int[] opening(Model model, List<Map<String, Object>> messages) {
        return ChatForm.encode(model.loaded(), ChatForm.opening(model.loaded(), messages, Map.of()));
    }

    private static int[] continuing(Model model, String role, String text) {
        return ChatForm.encode(
                model.loaded(), ChatForm.continuing(model.loaded(), ChatForm.message(role, text), Map.of()));
    }

    /** Report what a {@link Decoder} read. */
    public sealed interface Event {
        /** Nothing to report. */
        record Idle() implements Event {}

        /** Visible text, whole characters, never empty. */
        record Delta(String text) implements Event {}

        /** The end of the turn and its whole text. */
        record Done(String text) implements Event {}

        /** A special token that is neither text nor a marker of the turn. */
        record Interrupt(int token) implements Event {}
    }

    /** Turn tokens into text events, incrementally. */
    public static final class Decoder {
        private final pie.engine.model.Tokenizer tokenizer;
        private final ChatForm form;
        private final ReasoningMarks marks;
        private final boolean includeReasoning;
        private final boolean startsReasoning;
        private final PendingText visible = new PendingText();
        private final StringBuilder whole = new StringBuilder();
        private final ArrayDeque<Event> queue = new ArrayDeque<>();
        private boolean reasoning;

        public Decoder(Model model) {
            this(model, false);
        }

        public Decoder(Model model, boolean includeReasoning) {
            this(model, includeReasoning, ReasoningMarks.opened(model, form(model)));
        }

        Decoder(Model model, boolean includeReasoning, boolean startsReasoning) {
            this.tokenizer = model.loaded().tokenizer();
            this.form = form(model);
            this.marks = ReasoningMarks.of(tokenizer);
            this.includeReasoning = includeReasoning;
            this.startsReasoning = startsReasoning;
            this.reasoning = startsReasoning;
        }

        /** Take ids and return the first event; more are kept for later calls. */
        public Event feed(int... ids) {
            take(ids, false);
            return poll();
        }

        /** Take the tokens of a step, its end included. */
        public Event feed(Output output) {
            take(output.tokens(), output.endsTurn());
            return poll();
        }

        /** Take ids and return all events in order. */
        public List<Event> feedAll(int... ids) {
            take(ids, false);
            return drain();
        }

        public List<Event> feedAll(Output output) {
            take(output.tokens(), output.endsTurn());
            return drain();
        }

        /** Take ids, and the end of the turn if {@code end}; return the first event. */
        public Event feed(int[] ids, boolean end) {
            take(ids, end);
            return poll();
        }

        public List<Event> feedAll(int[] ids, boolean end) {
            take(ids, end);
            return drain();
        }

        /** Go back to the initial state. */
        public void reset() {
            visible.clear();
            whole.setLength(0);
            queue.clear();
            reasoning = startsReasoning;
        }

        /** Take ids and return the visible text that they add; {@code end} gives up on an unfinished character. */
        String text(int[] ids, boolean end) {
            take(ids, false);
            if (end) {
                visible.cut();
                flush();
            }
            var text = new StringBuilder();
            for (Event event : drain()) {
                if (event instanceof Event.Delta d) {
                    text.append(d.text());
                }
            }
            return text.toString();
        }

        private void take(int[] ids, boolean end) {
            for (int id : ids) {
                take(id);
            }
            if (end) {
                done();
            }
            flush();
        }

        private void take(int id) {
            if (id == marks.open() && marks.present()) {
                visible.cut();
                reasoning = true;
            } else if (id == marks.close() && marks.present()) {
                visible.cut();
                reasoning = false;
            } else if (form.stops(id)) {
                done();
            } else if (tokenizer.isSpecial(id)) {
                visible.cut();
                if (!roleMarker(id)) {
                    flush();
                    queue.add(new Event.Interrupt(id));
                }
            } else if (!reasoning || includeReasoning) {
                visible.add(tokenizer.tokenBytes(id));
            }
        }

        private boolean roleMarker(int id) {
            for (int part : form.header()) {
                if (part == id) {
                    return true;
                }
            }
            return false;
        }

        private void flush() {
            String delta = visible.take();
            if (!delta.isEmpty()) {
                whole.append(delta);
                queue.add(new Event.Delta(delta));
            }
        }

        private void done() {
            visible.cut();
            flush();
            queue.add(new Event.Done(whole.toString()));
            whole.setLength(0);
            reasoning = startsReasoning;
        }

        private Event poll() {
            Event event = queue.poll();
            return event == null ? new Event.Idle() : event;
        }

        private List<Event> drain() {
            var all = new ArrayList<>(queue);
            queue.clear();
            return all;
        }
    }
}
