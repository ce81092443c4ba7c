package pie.cli.monitor;

import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleBiFunction;
import pie.cli.tui.Figures;

/** Name what a graph can be drawn of: ten minutes of it, a value a second. */
enum Graph {
    DECODE_TOK_S("decode tok/s", 0, Figures::si, (s, m) -> m.decode()),
    BATCH_TOKENS("batch tokens", 0, Figures::si, (s, m) -> m.batch().meanTokens()),
    TPOT_MS("latency per token", 0, Figures::millis, (s, m) -> m.tokenMillis()),
    KV_RATIO(
            "kv pages",
            1,
            Figures::wholePercent,
            (s, m) -> m.pages().used() / m.pages().total()),
    PREFILL_TOK_S("prefill tok/s", 0, Figures::si, (s, m) -> m.prefill()),
    UTIL("device busy", 1, Figures::wholePercent, (s, m) -> m.util()),
    TTFT_P95_MS("first token p95", 0, Figures::millis, (s, m) -> s.requests().ttft95()),
    PRICE("page price", 0, Figures::credits, (s, m) -> m.market().price()),
    RUNNING("programs", 0, Figures::count, (s, m) -> s.requests().running());

    final String title;
    /** Value of the upper edge, 0 to take the largest of the data. */
    final double most;

    private final DoubleFunction<String> form;
    private final ToDoubleBiFunction<Snapshot, Snapshot.Model> value;

    Graph(String title, double most, DoubleFunction<String> form, ToDoubleBiFunction<Snapshot, Snapshot.Model> value) {
        this.title = title;
        this.most = most;
        this.form = form;
        this.value = value;
    }

    /** Return its name on the wire. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    String text(double number) {
        return form.apply(number);
    }

    double of(Snapshot snapshot, Snapshot.Model model) {
        return value.applyAsDouble(snapshot, model);
    }
}
