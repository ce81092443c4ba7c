package pie.runtime.bridge;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.runtime.replay.Datum;

/** Note what the values made for the guest in a call hold, as guests' values cannot be read back exactly. */
final class NotingDialect implements Dialect {
    private final Dialect plain;
    private final Handles handles;
    private final Map<Object, Datum> made = new IdentityHashMap<>();

    NotingDialect(Dialect plain, Handles handles) {
        this.plain = plain;
        this.handles = handles;
    }

    /** Return what the answer of a call holds: a value made here, a plain one, or a handle. The next call begins. */
    Datum answer(@Nullable Object answer) {
        Datum what = datum(answer);
        made.clear();
        return what;
    }

    private Datum datum(@Nullable Object value) {
        Datum known = value == null ? null : made.get(value);
        return known == null ? plain(value) : known;
    }

    private Datum plain(@Nullable Object value) {
        return switch (value) {
            case null -> Datum.ABSENT;
            case Datum made -> made;
            case Boolean flag -> new Datum.Flag(flag);
            case Integer number -> new Datum.Whole(number);
            case Long number -> new Datum.Whole(number);
            case Float number -> new Datum.Real(number);
            case Double number -> new Datum.Real(number);
            case String text -> new Datum.Text(text);
            default -> new Datum.Handle(handles.number(value));
        };
    }

    private Object kept(Object value, Datum what) {
        made.put(value, what);
        return value;
    }

    @Override
    public @Nullable Object absent() {
        Object absent = plain.absent();
        return absent == null ? null : kept(absent, Datum.ABSENT);
    }

    @Override
    public String member(String name) {
        return plain.member(name);
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
    public Kinds kinds() {
        return plain.kinds();
    }

    @Override
    public RuntimeException raise(PieException failure) {
        return plain.raise(failure);
    }
}
