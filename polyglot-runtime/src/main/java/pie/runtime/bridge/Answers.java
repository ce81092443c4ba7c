package pie.runtime.bridge;

import java.util.ArrayList;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import pie.runtime.replay.Datum;

/** Make values for a guest of what answers hold that come from elsewhere: from a recording, or another process. */
public final class Answers {
    private final Dialect dialect;
    private final IntFunction<Object> handles;

    /** @param handles finds what an object of the host is known by here */
    public Answers(Dialect dialect, IntFunction<Object> handles) {
        this.dialect = dialect;
        this.handles = handles;
    }

    /** @throws pie.engine.PieException what it says, for a failure */
    public @Nullable Object value(Datum datum) {
        return switch (datum) {
            case Datum.Absent a -> dialect.absent();
            case Datum.Flag f -> f.value();
            case Datum.Whole w -> number(w.value());
            case Datum.Real r -> r.value();
            case Datum.Text t -> t.value();
            case Datum.Ints i -> dialect.ints(i.values());
            case Datum.Floats f -> dialect.floats(f.values());
            case Datum.Bytes b -> dialect.bytes(b.values());
            case Datum.Logits l -> dialect.logits(l.values());
            case Datum.Items l -> {
                var items = new ArrayList<@Nullable Object>();
                l.items().forEach(item -> items.add(value(item)));
                yield dialect.list(items);
            }
            case Datum.Plain p -> dialect.parsed(p.json());
            case Datum.Handle h -> handles.apply(h.number());
            case Datum.Failure f -> throw f.exception();
            case Datum.Large l -> throw argument();
            case Datum.Entries e -> throw argument();
            case Datum.Foreign f -> throw argument();
            case Datum.Endless e -> throw argument();
        };
    }

    private static IllegalStateException argument() {
        return new IllegalStateException("an argument inside an answer");
    }

    /** Integers come as they were: guests tell 32-bit ones from others. */
    private static Object number(long value) {
        return value == (int) value ? (Object) (int) value : (Object) value;
    }
}
