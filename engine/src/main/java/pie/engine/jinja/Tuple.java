package pie.engine.jinja;

import java.util.AbstractList;
import org.jspecify.annotations.Nullable;

/** A list that is written in parentheses and that {@code %} formats member by member. */
final class Tuple extends AbstractList<@Nullable Object> {
    private final @Nullable Object[] members;

    Tuple(@Nullable Object... members) {
        this.members = members;
    }

    @Override
    public @Nullable Object get(int index) {
        return members[index];
    }

    @Override
    public int size() {
        return members.length;
    }
}
