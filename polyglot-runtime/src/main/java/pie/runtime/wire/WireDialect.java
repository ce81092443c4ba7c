package pie.runtime.wire;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.runtime.bridge.Dialect;
import pie.runtime.bridge.Kinds;
import pie.runtime.replay.Datum;

/** Make data of results, for the guest's own dialect to make values of on the other side. */
final class WireDialect implements Dialect {
    private final Dialect names;
    private final Lent lent;

    /** @param names spells names as the language of the guest does */
    WireDialect(Dialect names, Lent lent) {
        this.names = names;
        this.lent = lent;
    }

    /** Return what a result holds: data, or a handle for an object of the host. */
    Datum datum(@Nullable Object value) {
        return switch (value) {
            case null -> Datum.ABSENT;
            case Datum made -> made;
            case Boolean flag -> new Datum.Flag(flag);
            case Integer number -> new Datum.Whole(number);
            case Long number -> new Datum.Whole(number);
            case Float number -> new Datum.Real(number);
            case Double number -> new Datum.Real(number);
            case String text -> new Datum.Text(text);
            default -> new Datum.Handle(lent.lend(value));
        };
    }

    @Override
    public Object absent() {
        return Datum.ABSENT;
    }

    @Override
    public String member(String name) {
        return names.member(name);
    }

    @Override
    public Object ints(int[] values) {
        return new Datum.Ints(values);
    }

    @Override
    public Object floats(float[] values) {
        return new Datum.Floats(values);
    }

    @Override
    public Object bytes(byte[] values) {
        return new Datum.Bytes(values);
    }

    @Override
    public Object logits(float[] values) {
        return new Datum.Logits(values);
    }

    @Override
    public Object list(List<?> values) {
        var items = new ArrayList<Datum>(values.size());
        values.forEach(value -> items.add(datum(value)));
        return new Datum.Items(items);
    }

    @Override
    public String json(Object record) {
        return names.json(record);
    }

    @Override
    public Object parsed(String json) {
        return new Datum.Plain(json);
    }

    @Override
    public Kinds kinds() {
        return names.kinds();
    }

    @Override
    public RuntimeException raise(PieException failure) {
        return failure;
    }
}
