package pie.runtime.bridge;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Mask;

/** Read the arguments of an operation; refuse what does not fit with a message that names argument and type. */
public final class Args {
    /** What no list of ids, masks or numbers is longer than; a sparse array says that it is and holds nothing. */
    public static final int MOST_ELEMENTS = 1 << 24;
    /** What no plain data holds more of; what holds itself twice has no end that its depth would show in time. */
    public static final int MOST_PLAIN = 1 << 20;

    /** Stand for a value of another process, which says what type it has there. */
    public interface Named {
        String kind();
    }

    private final Value[] values;

    Args(Value[] values) {
        this.values = values;
    }

    /** Return the same with what can be read only once, such as a generator, gathered into an array. */
    Args gathered() {
        Value[] gathered = values.clone();
        for (int i = 0; i < values.length; i++) {
            Value v = values[i];
            if (!v.isHostObject() && v.hasIterator() && !v.hasArrayElements() && !v.isString() && !v.hasHashEntries()) {
                var items = new ArrayList<Object>();
                Value iterator = v.getIterator();
                while (iterator.hasIteratorNextElement()) {
                    items.add(iterator.getIteratorNextElement());
                }
                gathered[i] = Value.asValue(ProxyArray.fromList(items));
            }
        }
        return new Args(gathered);
    }

    public int count() {
        return values.length;
    }

    public boolean has(int i) {
        return i < values.length && !values[i].isNull();
    }

    public Value value(int i) {
        return values[i];
    }

    public <T> T handle(int i, Class<T> type) {
        if (has(i) && values[i].isHostObject() && type.isInstance(values[i].<Object>asHostObject())) {
            return type.cast(values[i].<Object>asHostObject());
        }
        throw wrongType(type.getSimpleName().toLowerCase(java.util.Locale.ROOT), "a " + type.getSimpleName(), i);
    }

    public String text(int i, String name) {
        if (has(i) && values[i].isString()) {
            return wellFormed(values[i].asString());
        }
        throw wrongType(name, "a string", i);
    }

    public boolean flag(int i, String name) {
        if (has(i) && values[i].isBoolean()) {
            return values[i].asBoolean();
        }
        throw wrongType(name, "a boolean", i);
    }

    public int integer(int i, String name) {
        if (has(i)) {
            return integer(values[i], name);
        }
        throw wrongType(name, "an integer", i);
    }

    public double number(int i, String name) {
        if (has(i) && values[i].isNumber() && values[i].fitsInDouble()) {
            return values[i].asDouble();
        }
        throw wrongType(name, "a number", i);
    }

    /** Return a seed; any 64-bit integer, signed or unsigned. */
    public long seed(int i, String name) {
        if (has(i)) {
            return seed(values[i], name);
        }
        throw wrongType(name, "an integer of 64 bits", i);
    }

    /** Return a list of seeds. */
    public long[] seeds(int i, String name) {
        if (!has(i) || !values[i].hasArrayElements()) {
            throw wrongType(name, "a list of integers of 64 bits", i);
        }
        long[] seeds = new long[size(values[i], name)];
        for (int k = 0; k < seeds.length; k++) {
            seeds[k] = seed(values[i].getArrayElement(k), name + "[" + k + "]");
        }
        return seeds;
    }

    private static long seed(Value value, String name) {
        if (value.isNumber() && value.fitsInBigInteger()) {
            var seed = value.asBigInteger();
            if (seed.bitLength() <= 64) {
                return seed.longValue();
            }
        }
        throw invalidType(name + " must be an integer of 64 bits, got " + kind(value));
    }

    /** Return token ids, positions or indices. */
    public int[] ids(int i, String name) {
        if (!has(i)) {
            throw wrongType(name, "a list of integers", i);
        }
        return ids(values[i], name);
    }

    public static int[] ids(Value value, String name) {
        if (value.hasArrayElements() && value.hasMember("byteOffset")) {
            int[] fast = typedArray(value);
            if (fast != null) {
                return fast;
            }
        }
        if (value.hasArrayElements()) {
            int n = size(value, name);
            int[] ids = new int[n];
            for (int k = 0; k < n; k++) {
                ids[k] = id(value.getArrayElement(k), name, k);
            }
            return ids;
        }
        if (value.hasIterator()) {
            return iterated(value.getIterator(), name);
        }
        throw invalidType(name + " must be a list of integers, got " + kind(value));
    }

    private static int[] iterated(Value iterator, String name) {
        int[] ids = new int[16];
        int n = 0;
        while (iterator.hasIteratorNextElement()) {
            if (n == MOST_ELEMENTS) {
                throw tooLong(name);
            }
            if (n == ids.length) {
                ids = java.util.Arrays.copyOf(ids, 2 * n);
            }
            ids[n] = id(iterator.getIteratorNextElement(), name, n);
            n++;
        }
        return java.util.Arrays.copyOf(ids, n);
    }

    /** Return the ids in an array of unsigned or signed 32-bit integers; null for any other, or one with negative ones. */
    public static int @Nullable [] typedArray(Value value) {
        Value meta = value.getMetaObject();
        String type = meta == null ? "" : meta.getMetaSimpleName();
        if (!type.equals("Uint32Array") && !type.equals("Int32Array") || value.getArraySize() > MOST_ELEMENTS) {
            return null;
        }
        int n = (int) value.getArraySize();
        byte[] bytes = new byte[4 * n];
        value.getMember("buffer").readBuffer(value.getMember("byteOffset").asLong(), bytes, 0, bytes.length);
        int[] ids = new int[n];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(ids);
        for (int k = 0; k < n; k++) {
            if (ids[k] < 0) {
                return null;
            }
        }
        return ids;
    }

    private static int id(Value value, String name, int at) {
        if (value.isNumber() && value.fitsInInt()) {
            int id = value.asInt();
            if (id >= 0) {
                return id;
            }
        }
        String got = value.isNumber() ? value.toString() : kind(value);
        String message = name + "[" + at + "] must be an integer in 0..2^31-1, got " + got;
        throw value.isNumber() ? PieException.invalid(message) : invalidType(message);
    }

    /** Return the bytes of an array buffer. */
    public byte[] bytes(int i, String name) {
        if (!has(i) || !values[i].hasBufferElements()) {
            throw wrongType(name, "bytes", i);
        }
        byte[] bytes = new byte[Math.toIntExact(values[i].getBufferSize())];
        values[i].readBuffer(0, bytes, 0, bytes.length);
        return bytes;
    }

    /** Return bytes: an array buffer, or a string of characters up to U+00FF. */
    public byte[] blob(int i, String name) {
        return has(i) && values[i].isString()
                ? values[i].asString().getBytes(StandardCharsets.ISO_8859_1)
                : bytes(i, name);
    }

    public List<String> texts(int i, String name) {
        if (!has(i) || !values[i].hasArrayElements()) {
            throw wrongType(name, "a list of strings", i);
        }
        var texts = new ArrayList<String>();
        int size = size(values[i], name);
        for (int k = 0; k < size; k++) {
            Value text = values[i].getArrayElement(k);
            if (!text.isString()) {
                throw invalidType(name + "[" + k + "] must be a string, got " + kind(text));
            }
            texts.add(wellFormed(text.asString()));
        }
        return texts;
    }

    public float[] floats(int i, String name) {
        Value value = has(i) ? values[i] : null;
        if (value == null || !value.hasArrayElements()) {
            throw wrongType(name, "a list of numbers", i);
        }
        float[] out = new float[size(value, name)];
        for (int k = 0; k < out.length; k++) {
            Value number = value.getArrayElement(k);
            if (!number.isNumber() || !number.fitsInDouble()) {
                throw invalidType(name + "[" + k + "] must be a number, got " + kind(number));
            }
            out[k] = (float) number.asDouble();
        }
        return out;
    }

    /** Return what a list holds. */
    public List<Value> elements(int i, String name) {
        if (!has(i) || !values[i].hasArrayElements()) {
            throw wrongType(name, "a list", i);
        }
        var all = new ArrayList<Value>();
        int size = size(values[i], name);
        for (int k = 0; k < size; k++) {
            all.add(values[i].getArrayElement(k));
        }
        return all;
    }

    /** Return a mask: a Mask handle, or run lengths. */
    public Mask mask(int i, String name) {
        if (!has(i)) {
            throw wrongType(name, "a mask or a list of run lengths", i);
        }
        return mask(values[i], name);
    }

    public static Mask mask(Value value, String name) {
        return Mask.fromBrle(ids(value, name));
    }

    public List<Mask> masks(int i, String name) {
        if (!has(i) || !values[i].hasArrayElements()) {
            throw wrongType(name, "a list with one mask per row", i);
        }
        var masks = new ArrayList<Mask>();
        int size = size(values[i], name);
        for (int k = 0; k < size; k++) {
            masks.add(mask(values[i].getArrayElement(k), name + "[" + k + "]"));
        }
        return masks;
    }

    /** Return an index of a row: an integer, or "last". */
    public int index(int i, String name) {
        return has(i) && values[i].isString() && values[i].asString().equals("last") ? -1 : integer(i, name);
    }

    /** Return indices of rows: one, or a list. */
    public int[] indices(int i, String name) {
        if (has(i) && values[i].hasArrayElements() && !values[i].isString()) {
            int[] rows = new int[size(values[i], name)];
            for (int k = 0; k < rows.length; k++) {
                Value v = values[i].getArrayElement(k);
                rows[k] = v.isString() && v.asString().equals("last") ? -1 : integer(v, name + "[" + k + "]");
            }
            return rows;
        }
        return new int[] {index(i, name)};
    }

    /** Return a map from token id to float. */
    public Map<Integer, Float> bias(int i, String name) {
        var bias = new LinkedHashMap<Integer, Float>();
        if (!(plain(i, name) instanceof Map<?, ?> map)) {
            throw wrongType(name, "a map from token id to number", i);
        }
        map.forEach((key, x) -> {
            if (!(x instanceof Number number)) {
                throw invalidType(name + " must map token ids to numbers, got " + x);
            }
            bias.put(idKey(key, name), number.floatValue());
        });
        return bias;
    }

    private static int idKey(@Nullable Object key, String name) {
        try {
            return Integer.parseInt(String.valueOf(key));
        } catch (NumberFormatException e) {
            throw new PieException(ErrorCode.INVALID_ARGUMENT, name + ": '" + key + "' is not a token id", Map.of(), e);
        }
    }

    /** Return JSON-like data: {@code Map List String Number Boolean null}. */
    public @Nullable Object plain(int i, String name) {
        return has(i) ? new PlainData(name).of(values[i], 0) : null;
    }

    @SuppressWarnings("unchecked")
    public Map<String, Object> map(int i, String name) {
        Object plain = plain(i, name);
        if (plain == null) {
            return Map.of();
        }
        if (plain instanceof Map<?, ?> map) {
            var out = new LinkedHashMap<String, Object>();
            map.forEach((k, v) -> {
                if (v != null) {
                    out.put(String.valueOf(k), v);
                }
            });
            return out;
        }
        throw wrongType(name, "a map", i);
    }

    /** Read one tree of plain data. */
    private static final class PlainData {
        private final String name;
        private int count;

        PlainData(String name) {
            this.name = name;
        }

        @Nullable
        Object of(Value v, int depth) {
            if (depth > 64) {
                throw PieException.invalid(name + " is nested more than 64 levels deep");
            }
            if (++count > MOST_PLAIN) {
                throw PieException.invalid(name + " holds more than " + MOST_PLAIN + " values");
            }
            if (v.isNull()) {
                return null;
            }
            if (v.isString()) {
                return wellFormed(v.asString());
            }
            if (v.isBoolean()) {
                return v.asBoolean();
            }
            if (v.isNumber()) {
                return number(v);
            }
            if (v.hasArrayElements()) {
                var list = new ArrayList<@Nullable Object>();
                for (long k = 0; k < v.getArraySize(); k++) {
                    list.add(of(v.getArrayElement(k), depth + 1));
                }
                return list;
            }
            if (v.hasHashEntries()) {
                var map = new LinkedHashMap<@Nullable Object, @Nullable Object>();
                Value entries = v.getHashEntriesIterator();
                while (entries.hasIteratorNextElement()) {
                    Value entry = entries.getIteratorNextElement();
                    map.put(of(entry.getArrayElement(0), depth + 1), of(entry.getArrayElement(1), depth + 1));
                }
                return map;
            }
            if (v.hasMembers()) {
                var map = new LinkedHashMap<String, @Nullable Object>();
                for (String key : v.getMemberKeys()) {
                    map.put(key, of(v.getMember(key), depth + 1));
                }
                return map;
            }
            throw invalidType(name + " holds " + kind(v) + ", which is not plain data");
        }
    }

    private static int size(Value array, String name) {
        long size = array.getArraySize();
        if (size > MOST_ELEMENTS) {
            throw tooLong(name);
        }
        return (int) size;
    }

    private static PieException tooLong(String name) {
        return PieException.invalid(name + " must have at most " + MOST_ELEMENTS + " elements");
    }

    private static Number number(Value v) {
        if (v.fitsInInt()) {
            return v.asInt();
        }
        if (v.fitsInLong()) {
            return v.asLong();
        }
        if (v.fitsInDouble()) {
            return v.asDouble();
        }
        return v.asBigInteger();
    }

    private static int integer(Value value, String name) {
        if (value.isNumber() && value.fitsInInt()) {
            return value.asInt();
        }
        String message = name + " must be an integer, got " + (value.isNumber() ? value.toString() : kind(value));
        throw value.isNumber() ? PieException.invalid(message) : invalidType(message);
    }

    /** Return an integer of at least {@code low}. */
    public int atLeast(int i, String name, int low) {
        int value = integer(i, name);
        if (value < low) {
            throw PieException.invalid(name + " must be >= " + low + ", got " + value);
        }
        return value;
    }

    /** Return an optional integer. */
    public OptionalInt optionalInteger(int i, String name) {
        return has(i) ? OptionalInt.of(integer(i, name)) : OptionalInt.empty();
    }

    private PieException wrongType(String name, String expected, int i) {
        return invalidType(
                name + " must be " + expected + ", got " + (i < values.length ? kind(values[i]) : "nothing"));
    }

    static PieException invalidType(String message) {
        return new PieException(ErrorCode.INVALID_ARGUMENT, message, Map.of("wrong_type", true));
    }

    private static String kind(Value v) {
        if (v.isNull()) {
            return "nothing";
        }
        if (v.isHostObject()) {
            return v.<Object>asHostObject().getClass().getSimpleName();
        }
        if (v.isProxyObject() && v.asProxyObject() instanceof Named named) {
            return named.kind();
        }
        Value meta = v.getMetaObject();
        return meta == null ? "a foreign value" : meta.getMetaSimpleName();
    }

    /** Replace lone surrogates with U+FFFD. */
    static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return new String(text.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.UTF_16LE);
            }
        }
        return text;
    }
}
