package pie.inferlet;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Turn JSON values into what a Java method takes: texts, numbers, lists, maps, enums, and records filled by component names. For the runtime. */
public final class JsonBinding {
    private JsonBinding() {}

    /** Return the value as a type; runs the program's record constructors. @throws PieException INVALID_ARGUMENT with the path */
    public static @Nullable Object convert(@Nullable Object v, Class<?> type, Type generic, String path)
            throws Throwable {
        if (type == Optional.class) {
            return v == null ? Optional.empty() : Optional.of(required(v, argument(generic, 0), path));
        }
        if (v == null) {
            return absent(type, path);
        }
        if (type.isInstance(v) && Passing.kind(v).isPresent()) {
            return v;
        }
        if (type == Object.class || type == Map.class && !(generic instanceof ParameterizedType)) {
            return type.cast(kind(v, type, path));
        }
        if (type.isRecord()) {
            return record((Map<?, ?>) kind(v, Map.class, path), type, path);
        }
        if (type.isEnum()) {
            return constant(v, type, path);
        }
        if (type.isArray()) {
            return array((List<?>) kind(v, List.class, path), type, generic, path);
        }
        if (type == Map.class) {
            var map = new LinkedHashMap<String, @Nullable Object>();
            for (Map.Entry<?, ?> e : ((Map<?, ?>) kind(v, Map.class, path)).entrySet()) {
                String key = String.valueOf(e.getKey());
                Type of = argument(generic, 1);
                map.put(key, convert(e.getValue(), raw(of), of, path + "." + key));
            }
            return map;
        }
        if (type == List.class || type == Iterable.class || type == java.util.Collection.class || type == Set.class) {
            var list = new ArrayList<@Nullable Object>();
            Type of = argument(generic, 0);
            for (Object e : (List<?>) kind(v, List.class, path)) {
                list.add(convert(e, raw(of), of, path + "[" + list.size() + "]"));
            }
            return type == Set.class ? new LinkedHashSet<>(list) : list;
        }
        return scalar(v, type, path);
    }

    private static Object required(Object v, Type of, String path) throws Throwable {
        Object converted = convert(v, raw(of), of, path);
        return converted == null ? v : converted;
    }

    private static @Nullable Object absent(Class<?> type, String path) {
        if (type == OptionalInt.class) {
            return OptionalInt.empty();
        }
        if (type == OptionalLong.class) {
            return OptionalLong.empty();
        }
        if (type == OptionalDouble.class) {
            return OptionalDouble.empty();
        }
        if (type.isPrimitive()) {
            // what a field of the type would hold
            return Array.get(Array.newInstance(type, 1), 0);
        }
        return null;
    }

    private static Object kind(Object v, Class<?> type, String path) {
        if (!type.isInstance(v)) {
            throw mismatch(type, v, path);
        }
        return v;
    }

    private static PieException mismatch(Class<?> type, Object v, String path) {
        String expected = type == Map.class ? "object" : type == List.class ? "array" : type.getSimpleName();
        return new PieException(
                ErrorCode.INVALID_ARGUMENT,
                path + ": expected " + expected + ", got " + Json.text(v),
                Map.of("problems", List.of(Map.of("path", path, "expected", expected, "got", String.valueOf(v)))));
    }

    private static Object record(Map<?, ?> map, Class<?> type, String path) throws Throwable {
        RecordComponent[] components = type.getRecordComponents();
        Object[] args = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            RecordComponent c = components[i];
            args[i] = convert(map.get(c.getName()), c.getType(), c.getGenericType(), path + "." + c.getName());
        }
        var constructor = type.getDeclaredConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        constructor.setAccessible(true);
        try {
            return constructor.newInstance(args);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private static Object constant(Object v, Class<?> type, String path) {
        for (Object c : type.getEnumConstants()) {
            if (((Enum<?>) c).name().equals(v)) {
                return c;
            }
        }
        throw mismatch(type, v, path);
    }

    private static Object array(List<?> list, Class<?> type, Type generic, String path) throws Throwable {
        Class<?> of = type.getComponentType();
        Type ofGeneric = generic instanceof GenericArrayType g ? g.getGenericComponentType() : of;
        Object array = Array.newInstance(of, list.size());
        for (int i = 0; i < list.size(); i++) {
            Array.set(array, i, convert(list.get(i), of, ofGeneric, path + "[" + i + "]"));
        }
        return array;
    }

    private static Object scalar(Object v, Class<?> type, String path) {
        if (type == String.class || type == CharSequence.class) {
            return kind(v, String.class, path);
        }
        if (type == boolean.class || type == Boolean.class) {
            return kind(v, Boolean.class, path);
        }
        if (!(v instanceof Number n)) {
            throw mismatch(type, v, path);
        }
        if (type == double.class || type == Double.class) {
            return n.doubleValue();
        }
        if (type == float.class || type == Float.class) {
            return n.floatValue();
        }
        if (type == Number.class) {
            return n;
        }
        if (type == OptionalDouble.class) {
            return OptionalDouble.of(n.doubleValue());
        }
        return whole(n, v, type, path);
    }

    private static Object whole(Number n, Object v, Class<?> type, String path) {
        try {
            BigDecimal d = new BigDecimal(n.toString());
            if (type == BigDecimal.class) {
                return d;
            }
            if (Math.abs((long) d.scale()) > 400) {
                throw mismatch(type, v, path);
            }
            BigInteger i = d.toBigIntegerExact();
            if (type == int.class || type == Integer.class) {
                return i.intValueExact();
            } else if (type == long.class || type == Long.class) {
                return i.longValueExact();
            } else if (type == short.class || type == Short.class) {
                return i.shortValueExact();
            } else if (type == byte.class || type == Byte.class) {
                return i.byteValueExact();
            } else if (type == BigInteger.class) {
                return i;
            } else if (type == OptionalInt.class) {
                return OptionalInt.of(i.intValueExact());
            } else if (type == OptionalLong.class) {
                return OptionalLong.of(i.longValueExact());
            }
        } catch (ArithmeticException e) {
            throw mismatch(type, v, path);
        }
        throw mismatch(type, v, path);
    }

    private static Type argument(Type generic, int i) {
        Type t = generic instanceof ParameterizedType p ? p.getActualTypeArguments()[i] : Object.class;
        return t instanceof WildcardType w ? w.getUpperBounds()[0] : t;
    }

    private static Class<?> raw(Type t) {
        return switch (t) {
            case Class<?> c -> c;
            case ParameterizedType p -> (Class<?>) p.getRawType();
            case GenericArrayType g ->
                Array.newInstance(raw(g.getGenericComponentType()), 0).getClass();
            default -> Object.class;
        };
    }
}
