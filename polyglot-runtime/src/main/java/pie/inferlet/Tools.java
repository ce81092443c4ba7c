package pie.inferlet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.grammar.GrammarSource;
import pie.engine.model.ChatTemplate;
import pie.engine.model.LoadedModel;

/**
 * Tell a model of tools and read its calls: module {@code tools}. Which form the model writes calls in shows in its chat template; on a
 * model without one nothing is registered and no call is found, and what would have to write one raises UNSUPPORTED.
 */
public final class Tools {
    private static final String MARK = "\u00b6pie\u00b6";

    private Tools() {}

    /** Say whether the model's template has a tool form. */
    public static boolean supported(Model model) {
        return ToolForm.of(model.loaded()).isPresent();
    }

    /** Return the methods of an object that are marked with {@link Tool}, by name. */
    public static List<ToolFunction> of(Object receiver) {
        var found = new ArrayList<ToolFunction>();
        for (var method : receiver.getClass().getDeclaredMethods()) {
            Tool tool = method.getAnnotation(Tool.class);
            if (tool != null) {
                found.add(new ToolFunction(receiver, method, tool.value()));
            }
        }
        found.sort(java.util.Comparator.comparing(ToolFunction::name));
        return found;
    }

    /** Hold arguments of a call, JSON text or data, against a JSON Schema. @throws PieException INVALID_ARGUMENT with {@code problems} */
    public static @Nullable Object check(String tool, Object schema, @Nullable Object arguments) {
        @Nullable Object value = arguments instanceof CharSequence text ? read(text.toString(), tool) : arguments;
        SchemaCheck.check(schema instanceof CharSequence text ? read(text.toString(), "schema") : schema, value, tool);
        return value;
    }

    static Object read(String text, String what) {
        try {
            Object value = Json.parse(text.isBlank() ? "{}" : text, what);
            return value == null ? Map.of() : value;
        } catch (PieException e) {
            throw new PieException(ErrorCode.INVALID_ARGUMENT, e.message(), Map.of(), e);
        }
    }

    /**
     * Return tools as templates take them.
     *
     * @param tools tool functions, or maps with {@code name description parameters}, also wrapped in {@code function}, as JSON text, or as an
     *     MCP server lists them, with {@code inputSchema}
     * @throws PieException INVALID_ARGUMENT for what is none of these
     */
    static List<Map<String, Object>> described(List<?> tools) {
        var all = new ArrayList<Map<String, Object>>();
        for (Object given : tools) {
            Object tool =
                    given instanceof CharSequence text ? read(text.toString(), "tools[" + all.size() + "]") : given;
            Object one = tool instanceof Map<?, ?> map && map.get("function") instanceof Map<?, ?> inner ? inner : tool;
            if (one instanceof ToolFunction function) {
                all.add(function.described());
            } else if (one instanceof Map<?, ?> map && map.get("name") instanceof String name && !name.isEmpty()) {
                var plain = new LinkedHashMap<String, Object>();
                plain.put("name", name);
                plain.put("description", map.get("description") instanceof String text ? text : "");
                @Nullable
                Object schema = map.get("parameters") == null ? map.get("inputSchema") : map.get("parameters");
                @Nullable Object parameters = schema instanceof String text ? read(text, name) : schema;
                plain.put(
                        "parameters",
                        parameters == null ? Map.of("type", "object", "properties", Map.of()) : parameters);
                all.add(plain);
            } else {
                throw PieException.invalid(
                        "tools[" + all.size() + "] must be a tool, or have name, description and parameters");
            }
        }
        return all;
    }

    /** Return descriptions in the form of templates. */
    static List<Map<String, Object>> wrapped(List<Map<String, Object>> described) {
        return described.stream()
                .map(tool -> Map.<String, Object>of("type", "function", "function", tool))
                .toList();
    }

    /** Return ids that register tools, none without a tool form. @throws PieException INVALID_ARGUMENT */
    public static int[] equipPrefix(Model model, List<?> tools) {
        List<Map<String, Object>> described = described(tools);
        LoadedModel loaded = model.loaded();
        if (!supported(model) || described.isEmpty()) {
            return new int[0];
        }
        ChatTemplate template = ChatForm.template(loaded);
        // Llama puts tools into the first question unless told otherwise.
        String whole = template.render(
                List.of(ChatForm.message("user", MARK)),
                wrapped(described),
                false,
                Map.of("tools_in_user_message", false));
        String question = ChatForm.continuing(loaded, ChatForm.message("user", MARK), Map.of());
        return whole.endsWith(question)
                ? ChatForm.encode(loaded, whole.substring(0, whole.length() - question.length()))
                : new int[0];
    }

    /** Frame what a tool returned, as a turn of its own. @throws PieException UNSUPPORTED without a tool form */
    public static int[] answerPrefix(Model model, String name, @Nullable Object value) {
        LoadedModel loaded = model.loaded();
        return ChatForm.encode(loaded, ChatForm.continuing(loaded, answer(model, name, value), Map.of()));
    }

    /** Return the message of what a tool returned: text as it is, anything else as JSON. */
    static Map<String, Object> answer(Model model, String name, @Nullable Object value) {
        if (!supported(model)) {
            throw Unsupported.later("tools.answer_prefix: model '" + model.name()
                    + "' has no tool form; append the text of the result as a message");
        }
        String content = value instanceof CharSequence text ? text.toString() : Json.text(value);
        return Map.of("role", "tool", "name", name, "content", content);
    }

    /** Return the grammar of the model's calls, absent without a tool form. @throws PieException INVALID_ARGUMENT, UNSUPPORTED */
    public static Optional<Grammar> nativeGrammar(Model model, List<?> tools) {
        return callsOf(model, tools).map(Grammar::of);
    }

    public static CompletableFuture<Optional<Grammar>> nativeGrammarAsync(Model model, List<?> tools) {
        Optional<GrammarSource> calls = callsOf(model, tools);
        return calls.isEmpty()
                ? CompletableFuture.completedFuture(Optional.empty())
                : Futures.map(Grammar.ofAsync(calls.get()), Optional::of);
    }

    private static Optional<GrammarSource> callsOf(Model model, List<?> tools) {
        List<Map<String, Object>> described = described(tools);
        return described.isEmpty()
                ? Optional.empty()
                : ToolForm.of(model.loaded()).map(form -> source(model.loaded(), form, described));
    }

    private static GrammarSource source(LoadedModel model, ToolForm form, List<Map<String, Object>> tools) {
        if (form == ToolForm.DEEPSEEK) {
            return ToolGrammars.deepSeek(model, tools);
        }
        return new GrammarSource.Framed(
                ids(model, form.before()),
                new GrammarSource.JsonSchema(Json.text(form.schema(tools)), true, false),
                ids(model, form.after()),
                ids(model, form.between()));
    }

    static List<Integer> ids(LoadedModel model, String text) {
        return Arrays.stream(ChatForm.encode(model, text)).boxed().toList();
    }

    public static Optional<Matcher> nativeMatcher(Model model, List<?> tools) {
        return nativeGrammar(model, tools).map(grammar -> new Matcher(grammar, model.tokenizer()));
    }

    public static CompletableFuture<Optional<Matcher>> nativeMatcherAsync(Model model, List<?> tools) {
        return Futures.then(
                nativeGrammarAsync(model, tools),
                found -> found.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : Futures.map(Matcher.createAsync(found.get(), model.tokenizer()), Optional::of));
    }

    /** Return the first complete call of a finished output, absent if there is none. */
    public static Optional<Event.Call> parseCall(Model model, String text) {
        return parseCalls(model, text).stream().findFirst();
    }

    public static Optional<Event.Call> parseCall(Model model, int[] ids) {
        return parseCalls(model, ids).stream().findFirst();
    }

    /** Return all complete calls of a finished output. */
    public static List<Event.Call> parseCalls(Model model, String text) {
        var calls = new ArrayList<Event.Call>();
        ToolForm.of(model.loaded()).ifPresent(form -> {
            var reader = new ToolReader(form);
            reader.read(text);
            for (Event event : reader.takeAll()) {
                if (event instanceof Event.Call call) {
                    calls.add(call);
                }
            }
        });
        return calls;
    }

    public static List<Event.Call> parseCalls(Model model, int[] ids) {
        return parseCalls(model, model.loaded().tokenizer().decode(ids, false));
    }

    /** Report what a {@link Decoder} read. */
    public sealed interface Event {
        /** A call begins; from {@code feed} also: nothing to report. */
        record Start() implements Event {}

        /** A whole call; {@code args} is JSON text. */
        record Call(String name, String args) implements Event {}
    }

    /** Turn tokens into the calls that they hold, incrementally. */
    public static final class Decoder {
        private final LoadedModel model;
        private final Optional<ToolReader> reader;
        private final PendingText text = new PendingText();

        /** Read the outputs of {@code model}. */
        public Decoder(Model model) {
            model.host().checkLive();
            this.model = model.loaded();
            this.reader = ToolForm.of(this.model).map(ToolReader::new);
        }

        private void read(int[] ids) {
            for (int id : ids) {
                text.add(model.tokenizer().tokenBytes(id));
            }
            String more = text.take();
            reader.ifPresent(r -> r.read(more));
        }

        /** Take ids and return the oldest call not returned yet, else Start. */
        public Event feed(int... ids) {
            read(ids);
            while (reader.isPresent()) {
                @Nullable Event event = reader.get().take();
                if (event == null) {
                    break;
                }
                if (event instanceof Event.Call call) {
                    return call;
                }
            }
            return new Event.Start();
        }

        public Event feed(Output output) {
            return feed(output.tokens());
        }

        /** Take ids and return all events in order. */
        public List<Event> feedAll(int... ids) {
            read(ids);
            return reader.map(ToolReader::takeAll).orElse(List.of());
        }

        public List<Event> feedAll(Output output) {
            return feedAll(output.tokens());
        }

        /** Go back to the initial state. */
        public void reset() {
            text.clear();
            reader.ifPresent(ToolReader::reset);
        }
    }
}
