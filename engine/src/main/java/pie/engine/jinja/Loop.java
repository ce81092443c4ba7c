package pie.engine.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop} of a {@code for}. */
final class Loop implements Members, Callable {
    private final List<@Nullable Object> members;
    private final int level;
    private final Callable again;
    private int at;
    private @Nullable Object before;

    /** @param again goes over other members by the same body */
    Loop(List<@Nullable Object> members, int level, Callable again) {
        this.members = members;
        this.level = level;
        this.again = again;
    }

    void next() {
        at++;
    }

    @Override
    public @Nullable Object call(Arguments arguments) {
        return again.call(arguments);
    }

    @Override
    public @Nullable Object member(String name) {
        int size = members.size();
        return switch (name) {
            case "index" -> (long) at + 1;
            case "index0" -> (long) at;
            case "revindex" -> (long) size - at;
            case "revindex0" -> (long) size - at - 1;
            case "first" -> at == 0;
            case "last" -> at == size - 1;
            case "length" -> (long) size;
            case "depth" -> (long) level + 1;
            case "depth0" -> (long) level;
            case "previtem" -> at > 0 ? members.get(at - 1) : new Undefined("there is no item before the first");
            case "nextitem" -> at < size - 1 ? members.get(at + 1) : new Undefined("there is no item behind the last");
            case "cycle" -> (Callable) arguments -> arguments.positional().get(at % Math.max(1, arguments.count()));
            case "changed" -> (Callable) this::changed;
            default -> new Undefined("the loop has no member '" + name + "'");
        };
    }

    private boolean changed(Arguments arguments) {
        List<@Nullable Object> now = arguments.positional();
        boolean changed = before == null || !Values.equal(before, now);
        before = now;
        return changed;
    }
}
