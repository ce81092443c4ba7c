package pie.inferlet;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;

/**
 * Bring values of Java programs into the form in which languages pass them, and back: JSON, in which an object with the single key
 * {@value #REFERENCE} stands for the handle of that number. A key of the program's own that could be taken for it, one of dollars
 * before {@code pie}, goes with one dollar more. For the runtime.
 */
public final class Passing {
    /** Key of an object that stands for a handle. */
    public static final String REFERENCE = "$pie";

    /** Levels of lists and objects that a value may have. */
    public static final int DEEPEST = 64;

    private Passing() {}

    /** Return what the languages call the kind of an object that is passed by reference; empty for any other value. */
    public static Optional<String> kind(@Nullable Object value) {
        return Optional.ofNullable(
                switch (value) {
                    case Context c -> "Context";
                    case Model m -> "Model";
                    case Tokenizer t -> "Tokenizer";
                    case Sampler s -> "Sampler";
                    case Stage s -> "Stage";
                    case Probe p -> "Probe";
                    case Grammar g -> "Grammar";
                    case Matcher m -> "Matcher";
                    case Schema s -> "Schema";
                    case Constraint c -> "Constraint";
                    case Adapter a -> "Adapter";
                    case Generator g -> "Generator";
                    case GenStep s -> "GenStep";
                    case Forward f -> "Forward";
                    case Output o -> "Output";
                    case SampleHandle h -> "SampleHandle";
                    case ProbeHandle h -> "ProbeHandle";
                    case null, default -> null;
                });
    }

    /** Lower values: objects of this interface by reference, records as objects, all else as JSON. */
    public static Host.Passed lower(@Nullable Object value) {
        var handles = new ArrayList<Object>();
        Object plain = plain(value, handles, 0);
        return new Host.Passed(Json.text(plain), List.copyOf(handles));
    }

    private static @Nullable Object plain(@Nullable Object value, List<Object> handles, int depth) {
        if (depth > DEEPEST) {
            throw PieException.invalid("polyglot: a value is nested more than " + DEEPEST + " levels deep");
        }
        if (kind(value).isPresent()) {
            handles.add(value);
            return Map.of(REFERENCE, handles.size() - 1);
        }
        return switch (value) {
            case Mask mask -> mask.toBrle();
            case Double real when !Double.isFinite(real) -> null;
            case Float real when !Float.isFinite(real) -> null;
            case Iterable<?> items -> {
                var list = new ArrayList<@Nullable Object>();
                items.forEach(item -> list.add(plain(item, handles, depth + 1)));
                yield list;
            }
            case Map<?, ?> map -> {
                var copy = new LinkedHashMap<String, @Nullable Object>();
                map.forEach((key, item) -> copy.put(escaped(String.valueOf(key)), plain(item, handles, depth + 1)));
                yield copy;
            }
            case Record made -> components(made, handles, depth);
            case Optional<?> maybe -> plain(maybe.orElse(null), handles, depth);
            case Object array
            when array.getClass().isArray() -> {
                var list = new ArrayList<@Nullable Object>();
                for (int i = 0; i < Array.getLength(array); i++) {
                    list.add(plain(Array.get(array, i), handles, depth + 1));
                }
                yield list;
            }
            case null, default -> value;
        };
    }

    private static Map<String, @Nullable Object> components(Record made, List<Object> handles, int depth) {
        var copy = new LinkedHashMap<String, @Nullable Object>();
        for (RecordComponent component : made.getClass().getRecordComponents()) {
            try {
                Method accessor = component.getAccessor();
                accessor.setAccessible(true);
                copy.put(component.getName(), plain(accessor.invoke(made), handles, depth + 1));
            } catch (ReflectiveOperationException e) {
                throw PieException.invalid("polyglot: the record component " + component.getName() + " cannot be read: "
                        + (e.getCause() == null ? e : e.getCause()));
            }
        }
        return copy;
    }

    private static boolean dollars(String key) {
        return key.startsWith("$") && key.replaceFirst("^\\$+", "").equals("pie");
    }

    private static String escaped(String key) {
        return dollars(key) ? "$" + key : key;
    }

    /** Lift what came: {@code Map List String Number Boolean null} and objects of this interface. */
    public static @Nullable Object lift(Host.Passed passed) {
        return lifted(Json.parse(passed.json(), "the passed value"), passed.handles());
    }

    private static @Nullable Object lifted(@Nullable Object value, List<Object> handles) {
        if (value instanceof List<?> items) {
            var list = new ArrayList<@Nullable Object>();
            items.forEach(item -> list.add(lifted(item, handles)));
            return list;
        }
        if (value instanceof Map<?, ?> map) {
            if (map.get(REFERENCE) instanceof Number number) {
                return handles.get(number.intValue());
            }
            var copy = new LinkedHashMap<String, @Nullable Object>();
            map.forEach((key, item) -> {
                String name = String.valueOf(key);
                copy.put(dollars(name) ? name.substring(1) : name, lifted(item, handles));
            });
            return copy;
        }
        return value;
    }
}
