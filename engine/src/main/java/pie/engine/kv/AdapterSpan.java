package pie.engine.kv;

import java.util.Optional;
import pie.engine.adapter.Adapter;

/**
 * Say which adapter rows are computed with.
 *
 * @param from first row that this holds for
 * @param adapter empty for the model as it is
 */
public record AdapterSpan(int from, Optional<Adapter> adapter) {
    boolean is(Optional<Adapter> other) {
        return adapter.isEmpty()
                ? other.isEmpty()
                : other.isPresent() && adapter.get().id().equals(other.get().id());
    }
}
