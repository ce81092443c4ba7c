package pie.engine.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What Python makes of values. None is null, an integer a {@link Long}, a float a {@link Double}, a dict a {@link Map}; other numbers
 * and arrays are taken in as these.
 */
final class Values {
    private Values() {}

    /** Return a value that came from outside in the one form that it has here. */
    static @Nullable Object own(@Nullable Object value) {
        return switch (value) {
            case Integer i -> (long) i;
            case Short i -> (long) i;
            case Byte i -> (long) i;
            case BigInteger i -> i.bitLength() < Long.SIZE ? (Object) i.longValue() : i.doubleValue();
            case Float f -> (double) f;
            case Long i -> i;
            case Double d -> d;
            case Number n -> n.doubleValue();
            case Character c -> String.valueOf(c);
            case CharSequence text -> text.toString();
            case Object[] array -> Arrays.asList(array);
            case null, default -> value;
        };
    }

    static boolean truth(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Boolean b -> b;
            case Long i -> i != 0;
            case Double d -> d != 0;
            case String s -> !s.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            case List<?> list -> !list.isEmpty();
            case Undefined u -> false;
            default -> true;
        };
    }

    /** Return {@code str(value)}. */
    static String text(@Nullable Object value) {
        return switch (value) {
            case String s -> s;
            case Undefined u -> "";
            case null, default -> shown(value);
        };
    }

    /** Return {@code repr(value)}. */
    static String shown(@Nullable Object value) {
        return switch (value) {
            case null -> "None";
            case Boolean b -> b ? "True" : "False";
            case Double d -> Json.number(d);
            case String s -> quoted(s);
            case Undefined u -> "Undefined";
            case Tuple tuple -> listed(tuple, "(", tuple.size() == 1 ? ",)" : ")");
            case List<?> list -> listed(list, "[", "]");
            case Map<?, ?> map -> {
                var members = new StringJoiner(", ", "{", "}");
                map.forEach((key, member) -> members.add(shown(own(key)) + ": " + shown(own(member))));
                yield members.toString();
            }
            case Members m -> "<" + m.getClass().getSimpleName().toLowerCase(Locale.ROOT) + ">";
            default -> value.toString();
        };
    }

    private static String listed(List<?> list, String open, String close) {
        var members = new StringJoiner(", ", open, close);
        list.forEach(member -> members.add(shown(own(member))));
        return members.toString();
    }

    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        var quoted = new StringBuilder().append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '\\' -> quoted.append("\\\\");
                default -> {
                    if (c == quote) {
                        quoted.append('\\').append(quote);
                    } else if (c < ' ' || c == 0x7f) {
                        quoted.append("\\x%02x".formatted(c));
                    } else {
                        quoted.appendCodePoint(c);
                    }
                }
            }
        });
        return quoted.append(quote).toString();
    }

    /** Return what Python calls the type, for errors. */
    static String type(@Nullable Object value) {
        return switch (value) {
            case null -> "NoneType";
            case Boolean b -> "bool";
            case Long i -> "int";
            case Double d -> "float";
            case String s -> "str";
            case Tuple t -> "tuple";
            case List<?> l -> "list";
            case Map<?, ?> m -> "dict";
            default -> value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        };
    }

    static boolean equal(@Nullable Object left, @Nullable Object right) {
        if (isNumber(left) && isNumber(right)) {
            return left instanceof Double || right instanceof Double
                    ? real(left) == real(right)
                    : integer(left) == integer(right);
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            boolean same = a.size() == b.size() && left instanceof Tuple == right instanceof Tuple;
            for (int i = 0; same && i < a.size(); i++) {
                same = equal(own(a.get(i)), own(b.get(i)));
            }
            return same;
        }
        if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
            return a.size() == b.size()
                    && a.entrySet().stream()
                            .allMatch(
                                    e -> b.containsKey(e.getKey()) && equal(own(e.getValue()), own(b.get(e.getKey()))));
        }
        if (left instanceof Undefined && right instanceof Undefined) {
            return true;
        }
        return left == null ? right == null : left.equals(right);
    }

    /** @throws JinjaException if the two have no order */
    static int compare(@Nullable Object left, @Nullable Object right) {
        if (isNumber(left) && isNumber(right)) {
            return left instanceof Double || right instanceof Double
                    ? Double.compare(real(left), real(right))
                    : Long.compare(integer(left), integer(right));
        }
        if (left instanceof String a && right instanceof String b) {
            return Strings.compare(a, b);
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
                if (!equal(own(a.get(i)), own(b.get(i)))) {
                    return compare(own(a.get(i)), own(b.get(i)));
                }
            }
            return Integer.compare(a.size(), b.size());
        }
        throw defined(left, right, "'%s' and '%s' have no order");
    }

    /** Return an error that names two types, or what was not defined of the two. */
    static JinjaException defined(@Nullable Object left, @Nullable Object right, String problem) {
        if (left instanceof Undefined u) {
            return u.error();
        }
        return right instanceof Undefined u
                ? u.error()
                : new JinjaException(problem.formatted(type(left), type(right)));
    }

    static boolean isNumber(@Nullable Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    static double real(@Nullable Object value) {
        return switch (value) {
            case Double d -> d;
            case null, default -> integer(value);
        };
    }

    /** @throws JinjaException if it is no integer */
    static long integer(@Nullable Object value) {
        return switch (value) {
            case Long i -> i;
            case Boolean b -> b ? 1 : 0;
            case Undefined u -> throw u.error();
            case null, default -> throw new JinjaException("an integer is needed, not " + type(value));
        };
    }

    /** Return what a loop goes over: members, keys or characters. */
    static List<@Nullable Object> list(@Nullable Object value) {
        return switch (value) {
            case List<?> list -> {
                List<@Nullable Object> members = new ArrayList<>(list.size());
                list.forEach(member -> members.add(own(member)));
                yield members;
            }
            case Map<?, ?> map -> list(new ArrayList<>(map.keySet()));
            case Iterable<?> some -> {
                List<@Nullable Object> members = new ArrayList<>();
                some.forEach(member -> members.add(own(member)));
                yield members;
            }
            case String text -> Strings.characters(text);
            case Undefined u -> List.of();
            case null, default -> throw new JinjaException("'" + type(value) + "' is not iterable");
        };
    }

    static long length(@Nullable Object value) {
        return switch (value) {
            case String text -> text.codePointCount(0, text.length());
            case Map<?, ?> map -> map.size();
            case List<?> list -> list.size();
            case Undefined u -> 0;
            case null, default -> throw new JinjaException("'" + type(value) + "' has no length");
        };
    }

    /** Return {@code member in container}. */
    static boolean contains(@Nullable Object container, @Nullable Object member) {
        return switch (container) {
            case String text -> {
                if (!(member instanceof String part)) {
                    throw defined(member, member, "'in' a string needs a string, not '%s'");
                }
                yield text.contains(part);
            }
            case Map<?, ?> map -> map.containsKey(member);
            case null, default -> list(container).stream().anyMatch(each -> equal(each, member));
        };
    }

    /** Return {@code base.name}: a method, or what {@code base[name]} is. */
    static @Nullable Object member(@Nullable Object base, String name) {
        @Nullable Object attribute = attribute(base, name);
        return attribute instanceof Undefined && base instanceof Map<?, ?> map && map.containsKey(name)
                ? own(map.get(name))
                : attribute;
    }

    /** Return a method or member of its own, not what a dict holds. */
    static @Nullable Object attribute(@Nullable Object base, String name) {
        if (base instanceof Members own) {
            return own.member(name);
        }
        Callable method = method(base, name);
        return method != null ? method : missing(base, name);
    }

    /** Return {@code base[key]}: what is there, or the member of that name. */
    static @Nullable Object item(@Nullable Object base, @Nullable Object key) {
        if (base instanceof Map<?, ?> map && key != null && map.containsKey(key)) {
            return own(map.get(key));
        }
        if (key instanceof Long place && base instanceof List<?> list) {
            long i = place < 0 ? place + list.size() : place;
            return i >= 0 && i < list.size() ? own(list.get((int) i)) : outside(base);
        }
        if (key instanceof Long place && base instanceof String text) {
            List<@Nullable Object> characters = Strings.characters(text);
            long i = place < 0 ? place + characters.size() : place;
            return i >= 0 && i < characters.size() ? characters.get((int) i) : outside(base);
        }
        return key instanceof String name ? member(base, name) : missing(base, text(key));
    }

    private static Undefined outside(Object base) {
        return new Undefined("the " + type(base) + " is shorter than that");
    }

    private static Undefined missing(@Nullable Object base, String name) {
        if (base instanceof Undefined u) {
            throw u.error();
        }
        return new Undefined("'" + type(base) + " object' has no member '" + name + "'");
    }

    private static @Nullable Callable method(@Nullable Object base, String name) {
        return switch (base) {
            case String text -> StringMethods.of(text, name);
            case Map<?, ?> map -> CollectionMethods.of(map, name);
            case List<?> list -> CollectionMethods.of(list, name);
            case null, default -> null;
        };
    }

    /** Return {@code base[from:to:step]}, each null where it was left out. */
    static Object slice(@Nullable Object base, @Nullable Object from, @Nullable Object to, @Nullable Object step) {
        List<@Nullable Object> all = switch (base) {
            case String text -> Strings.characters(text);
            case List<?> list -> list(list);
            case null, default -> throw defined(base, base, "'%s' cannot be sliced");
        };
        long by = step == null ? 1 : integer(step);
        if (by == 0) {
            throw new JinjaException("the step of a slice is 0");
        }
        int size = all.size();
        long begin = bound(from, by > 0 ? 0 : size - 1, size, by);
        long end = bound(to, by > 0 ? size : -1, size, by);
        List<@Nullable Object> slice = new ArrayList<>();
        for (long i = begin; by > 0 ? i < end : i > end; i += by) {
            slice.add(all.get((int) i));
        }
        return base instanceof String ? Strings.joined("", slice) : slice;
    }

    private static long bound(@Nullable Object given, long otherwise, int size, long step) {
        if (given == null) {
            return otherwise;
        }
        long i = integer(given);
        i = i < 0 ? i + size : i;
        return step > 0 ? Math.clamp(i, 0, size) : Math.clamp(i, -1, size - 1);
    }
}
