package pie.engine.jinja;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The functions that every template may call. */
final class Functions {
    /** As many as Jinja's sandbox allows. */
    private static final long LONGEST_RANGE = 100_000;

    private Functions() {}

    static Map<String, @Nullable Object> all(Supplier<LocalDateTime> clock) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("range", (Callable) Functions::range);
        all.put("dict", (Callable) arguments -> dict(arguments));
        all.put("namespace", (Callable) arguments -> new Namespace(dict(arguments)));
        all.put("cycler", (Callable) arguments -> new Cycler(arguments.positional()));
        all.put("joiner", (Callable) Functions::joiner);
        all.put("raise_exception", (Callable) arguments -> {
            throw new Refusal(arguments.text(0, "message"));
        });
        all.put("strftime_now", (Callable) arguments -> Strftime.format(arguments.text(0, "format"), clock.get()));
        return all;
    }

    private static List<@Nullable Object> range(Arguments arguments) {
        long first = arguments.integer(0, "start", 0);
        boolean one = arguments.count() == 1;
        long from = one ? 0 : first;
        long to = one ? first : arguments.integer(1, "stop", 0);
        long step = arguments.integer(2, "step", 1);
        if (step == 0) {
            throw new JinjaException("the step of a range is 0");
        }
        if ((to - from) / step > LONGEST_RANGE) {
            throw new JinjaException("a range has more than " + LONGEST_RANGE + " members");
        }
        List<@Nullable Object> range = new ArrayList<>();
        for (long i = from; step > 0 ? i < to : i > to; i += step) {
            range.add(i);
        }
        return range;
    }

    private static Map<@Nullable Object, @Nullable Object> dict(Arguments arguments) {
        Map<@Nullable Object, @Nullable Object> dict = new LinkedHashMap<>();
        if (arguments.count() > 0) {
            @Nullable Object first = arguments.positional().getFirst();
            if (first instanceof Map<?, ?> map) {
                dict.putAll(map);
            } else {
                for (@Nullable Object pair : Values.list(first)) {
                    dict.put(Values.item(pair, 0L), Values.item(pair, 1L));
                }
            }
        }
        dict.putAll(arguments.named());
        return dict;
    }

    private static Callable joiner(Arguments arguments) {
        @Nullable Object separator = arguments.get(0, "sep", ", ");
        boolean[] used = {false};
        return ignored -> {
            boolean first = !used[0];
            used[0] = true;
            return first ? "" : separator;
        };
    }

    private static final class Cycler implements Members {
        private final List<@Nullable Object> items;
        private int at;

        Cycler(List<@Nullable Object> items) {
            if (items.isEmpty()) {
                throw new JinjaException("a cycler needs items");
            }
            this.items = items;
        }

        @Override
        public @Nullable Object member(String name) {
            return switch (name) {
                case "current" -> items.get(at);
                case "next" ->
                    (Callable) arguments -> {
                        @Nullable Object now = items.get(at);
                        at = (at + 1) % items.size();
                        return now;
                    };
                case "reset" ->
                    (Callable) arguments -> {
                        at = 0;
                        return null;
                    };
                default -> new Undefined("a cycler has no member '" + name + "'");
            };
        }
    }
}
