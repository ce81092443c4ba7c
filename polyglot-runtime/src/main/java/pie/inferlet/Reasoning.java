package pie.inferlet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Read what a model says to itself before it answers: module {@code reasoning}. */
public final class Reasoning {
    private Reasoning() {}

    /** Report what a {@link Decoder} read. */
    public sealed interface Event {
        /** Nothing to report. */
        record Idle() implements Event {}

        /** A block of reasoning begins. */
        record Start() implements Event {}

        /** Text of the block, whole characters, never empty. */
        record Delta(String text) implements Event {}

        /** The end of the block and its whole text. */
        record End(String text) implements Event {}
    }

    /**
     * Turn tokens into events of their blocks of reasoning, incrementally; other text is not reported.
     *
     * <p>Where the header of the assistant's turn opens the block, the decoder begins inside it: Start comes with the first tokens. A
     * turn that ends within a block ends the block. For a model without reasoning there is nothing to report, ever.
     */
    public static final class Decoder {
        private final pie.engine.model.Tokenizer tokenizer;
        private final ChatForm form;
        private final ReasoningMarks marks;
        private final boolean opened;
        private final PendingText text = new PendingText();
        private final StringBuilder whole = new StringBuilder();
        private final ArrayDeque<Event> queue = new ArrayDeque<>();
        private State state;

        private enum State {
            /** The header opened a block of which nothing was read. */
            OPENED,
            INSIDE,
            OUTSIDE
        }

        public Decoder(Model model) {
            this.tokenizer = model.loaded().tokenizer();
            this.form = Chat.form(model);
            this.marks = ReasoningMarks.of(tokenizer);
            this.opened = marks.present() && ReasoningMarks.opened(model, form);
            this.state = initial();
        }

        private State initial() {
            return opened ? State.OPENED : State.OUTSIDE;
        }

        /** Take ids and return the first event; more are kept for later calls. */
        public Event feed(int... ids) {
            return feed(ids, false);
        }

        /** Take the tokens of a step, its end included. */
        public Event feed(Output output) {
            return feed(output.tokens(), output.endsTurn());
        }

        /** Take ids, and the end of the turn if {@code end}; return the first event. */
        public Event feed(int[] ids, boolean end) {
            take(ids, end);
            Event event = queue.poll();
            return event == null ? new Event.Idle() : event;
        }

        /** Take ids and return all events in order. */
        public List<Event> feedAll(int... ids) {
            return feedAll(ids, false);
        }

        public List<Event> feedAll(Output output) {
            return feedAll(output.tokens(), output.endsTurn());
        }

        public List<Event> feedAll(int[] ids, boolean end) {
            take(ids, end);
            var all = new ArrayList<>(queue);
            queue.clear();
            return all;
        }

        /** Go back to the initial state. */
        public void reset() {
            text.clear();
            whole.setLength(0);
            queue.clear();
            state = initial();
        }

        private void take(int[] ids, boolean end) {
            if (!marks.present()) {
                return;
            }
            for (int id : ids) {
                take(id);
            }
            if (end) {
                endTurn();
            }
            flush();
        }

        private void take(int id) {
            if (form.stops(id)) {
                endTurn();
            } else if (id == marks.open()) {
                if (state != State.INSIDE) {
                    start();
                }
            } else if (id == marks.close()) {
                if (state == State.OPENED) {
                    start();
                }
                end();
            } else if (state != State.OUTSIDE && !tokenizer.isSpecial(id)) {
                if (state == State.OPENED) {
                    start();
                }
                text.add(tokenizer.tokenBytes(id));
            }
        }

        private void start() {
            state = State.INSIDE;
            queue.add(new Event.Start());
        }

        private void end() {
            if (state == State.INSIDE) {
                text.cut();
                flush();
                queue.add(new Event.End(whole.toString()));
                whole.setLength(0);
                state = State.OUTSIDE;
            }
        }

        private void endTurn() {
            end();
            state = initial();
        }

        private void flush() {
            String delta = text.take();
            if (!delta.isEmpty()) {
                whole.append(delta);
                queue.add(new Event.Delta(delta));
            }
        }
    }
}
