package pie.runtime.bridge;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.runtime.replay.Datum;

/** Note what the last value made for the guest holds, as guests' values cannot be read back exactly. */
final class NotingDialect implements Dialect {
    private final Dialect plain;
    private final Handles handles;
    private @Nullable Object made;
    private Datum holds = new Datum.Absent();

    NotingDialect(Dialect plain, Handles handles) {
        this.plain = plain;
        this.handles = handles;
    }

    /** Return what an answer holds: the last value made here, a plain one, or a handle. */
    Datum datum(@Nullable Object answer) {
        return answer != null && answer == made ? holds : plain(answer);
    }

    private Datum plain(@Nullable Object value) {
        return switch (value) {
            case null -> new Datum.Absent();
            case Boolean flag -> new Datum.Flag(flag);
            case Integer number -> new Datum.Whole(number);
            case Long number -> new Datum.Whole(number);
            case Float number -> new Datum.Real(number);
            case Double number -> new Datum.Real(number);
            case String text -> new Datum.Text(text);
            default -> new Datum.Handle(handles.number(value));
        };
    }

    private @Nullable Object made(@Nullable Object value, Datum what) {
        made = value;
        holds = what;
        return value;
    }

    private Object kept(Object value, Datum what) {
        made = value;
        holds = what;
        return value;
    }

    @Override
    public @Nullable Object absent() {
        return made(plain.absent(), new Datum.Absent());
    }

    @Override
    public Object ints(int[] values) {
        return kept(plain.ints(values), new Datum.Ints(values.clone()));
    }

    @Override
    public Object floats(float[] values) {
        return kept(plain.floats(values), new Datum.Floats(values.clone()));
    }

    @Override
    public Object bytes(byte[] values) {
        return kept(plain.bytes(values), new Datum.Bytes(values.clone()));
    }

    @Override
    public Object logits(float[] values) {
        return kept(plain.logits(values), new Datum.Logits(values.clone()));
    }

    @Override
    public Object list(List<?> values) {
        var items = new ArrayList<Datum>();
        values.forEach(value -> items.add(datum(value)));
        return kept(plain.list(values), new Datum.Items(List.copyOf(items)));
    }

    @Override
    public String json(Object record) {
        return plain.json(record);
    }

    @Override
    public Object parsed(String json) {
        return kept(plain.parsed(json), new Datum.Plain(json));
    }

    @Override
    public RuntimeException raise(PieException failure) {
        return plain.raise(failure);
    }
}
