package pie.inferlet;

import java.util.List;
import java.util.Optional;

/**
 * Tell a model of tools and read its calls: module {@code tools}. No architecture that loads today has a tool form, so nothing is
 * registered and no call is found; what would have to write one raises UNSUPPORTED.
 */
public final class Tools {
    private Tools() {}

    /** Say whether the model's template has a tool form. */
    public static boolean supported(Model model) {
        return !model.info().toolFormat().isEmpty();
    }

    /** Return ids that register tools, none without a tool form. */
    public static int[] equipPrefix(Model model, List<?> tools) {
        return new int[0];
    }

    /** Frame what a tool returned. @throws pie.engine.PieException UNSUPPORTED, as no loaded model has a tool form */
    public static int[] answerPrefix(Model model, String name, Object value) {
        throw Unsupported.later("tools.answer_prefix: model '" + model.name() + "' has no tool form; append the text of"
                + " the result as a message");
    }

    /** Return the grammar of the model's calls, absent without a tool form. */
    public static Optional<Grammar> nativeGrammar(Model model, List<?> tools) {
        return Optional.empty();
    }

    public static Optional<Matcher> nativeMatcher(Model model, List<?> tools) {
        return Optional.empty();
    }

    /** Return the first complete call of a finished output, absent if there is none. */
    public static Optional<Event.Call> parseCall(Model model, String text) {
        return Optional.empty();
    }

    public static Optional<Event.Call> parseCall(Model model, int[] ids) {
        return Optional.empty();
    }

    /** Return all complete calls of a finished output. */
    public static List<Event.Call> parseCalls(Model model, String text) {
        return List.of();
    }

    public static List<Event.Call> parseCalls(Model model, int[] ids) {
        return List.of();
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
        /** Read the outputs of {@code model}. */
        public Decoder(Model model) {
            model.host().checkLive();
        }

        /** Take ids and return the oldest call not returned yet, else Start. */
        public Event feed(int... ids) {
            return new Event.Start();
        }

        public Event feed(Output output) {
            return feed(output.tokens());
        }

        /** Take ids and return all events in order. */
        public List<Event> feedAll(int... ids) {
            return List.of();
        }

        public List<Event> feedAll(Output output) {
            return feedAll(output.tokens());
        }

        /** Go back to the initial state. */
        public void reset() {}
    }
}
