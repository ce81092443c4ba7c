package pie.runtime.bridge;

import java.util.List;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;

/** Make values as the dialect in use does, which a tape may replace. */
final class TapedDialect implements Dialect {
    private Dialect used;

    TapedDialect(Dialect used) {
        this.used = used;
    }

    void use(Dialect dialect) {
        used = dialect;
    }

    @Override
    public @Nullable Object absent() {
        return used.absent();
    }

    @Override
    public String member(String name) {
        return used.member(name);
    }

    @Override
    public Object ints(int[] values) {
        return used.ints(values);
    }

    @Override
    public Object floats(float[] values) {
        return used.floats(values);
    }

    @Override
    public Object bytes(byte[] values) {
        return used.bytes(values);
    }

    @Override
    public Object logits(float[] values) {
        return used.logits(values);
    }

    @Override
    public Object list(List<?> values) {
        return used.list(values);
    }

    @Override
    public String json(Object record) {
        return used.json(record);
    }

    @Override
    public Object parsed(String json) {
        return used.parsed(json);
    }

    @Override
    public Kinds kinds() {
        return used.kinds();
    }

    @Override
    public RuntimeException raise(PieException failure) {
        return used.raise(failure);
    }
}
