package pie.engine.model;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;

/** Answer typed questions about the metadata of a GGUF file; a missing or mistyped key is an error that names it. */
final class GgufMetadata {
    private static final int MAX_ELEMENTS = 1 << 24;
    private static final int MAX_ELEMENT_BYTES = 1 << 20;

    private final Path file;
    private final MemorySegment bytes;
    private final Map<String, GgufValue> pairs;

    GgufMetadata(Path file, MemorySegment bytes, Map<String, GgufValue> pairs) {
        this.file = file;
        this.bytes = bytes;
        this.pairs = pairs;
    }

    /** Return a copy in which one key has another text. */
    GgufMetadata with(String key, String text) {
        Map<String, GgufValue> changed = new LinkedHashMap<>(pairs);
        changed.put(key, new GgufValue.Text(text));
        return new GgufMetadata(file, bytes, changed);
    }

    boolean has(String key) {
        return pairs.containsKey(key);
    }

    long whole(String key, long absent) {
        return switch (pairs.get(key)) {
            case null -> absent;
            case GgufValue.Whole(long value) -> value;
            case GgufValue.Truth(boolean value) -> value ? 1 : 0;
            default -> throw broken(key, "must be an integer");
        };
    }

    /** Return a required integer within the given bounds. */
    int size(String key, int least, int most) {
        require(key);
        return bounded(key, whole(key, 0), least, most);
    }

    int size(String key, int least, int most, int absent) {
        return has(key) ? size(key, least, most) : absent;
    }

    private int bounded(String key, long value, int least, int most) {
        if (value < least || value > most) {
            throw broken(key, "is " + value + ", allowed are " + least + " to " + most);
        }
        return (int) value;
    }

    float real(String key) {
        require(key);
        return real(key, 0);
    }

    float real(String key, float absent) {
        return switch (pairs.get(key)) {
            case null -> absent;
            case GgufValue.Real(double value) when Double.isFinite(value) -> (float) value;
            case GgufValue.Whole(long value) -> value;
            default -> throw broken(key, "must be a finite number");
        };
    }

    boolean truth(String key, boolean absent) {
        return switch (pairs.get(key)) {
            case null -> absent;
            case GgufValue.Truth(boolean value) -> value;
            default -> throw broken(key, "must be true or false");
        };
    }

    Optional<String> text(String key) {
        return switch (pairs.get(key)) {
            case null -> Optional.empty();
            case GgufValue.Text(String value) -> Optional.of(value);
            default -> throw broken(key, "must be a string");
        };
    }

    String requiredText(String key) {
        require(key);
        return text(key).orElseThrow();
    }

    /** Return an array of strings; empty if the key is absent. */
    String[] texts(String key) {
        GgufValue.@Nullable Array array = array(key, 8);
        if (array == null) {
            return new String[0];
        }
        ByteCursor cursor = new ByteCursor(file, bytes, array.offset());
        String[] texts = new String[(int) array.count()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = cursor.string(MAX_ELEMENT_BYTES, key);
        }
        return texts;
    }

    /** Return the strings of an array at some indices, by index; decodes no other. */
    Map<Integer, String> texts(String key, BitSet wanted) {
        GgufValue.@Nullable Array array = array(key, 8);
        Map<Integer, String> texts = new LinkedHashMap<>();
        if (array != null) {
            ByteCursor cursor = new ByteCursor(file, bytes, array.offset());
            for (int i = 0; i < Math.min(array.count(), wanted.length()); i++) {
                if (wanted.get(i)) {
                    texts.put(i, cursor.string(MAX_ELEMENT_BYTES, key));
                } else {
                    cursor.skip(cursor.count(1, key), key);
                }
            }
        }
        return texts;
    }

    /** Return an array of 32-bit integers; empty if the key is absent. */
    int[] ints(String key) {
        GgufValue.@Nullable Array array = array(key, 4, 5);
        if (array == null) {
            return new int[0];
        }
        ByteCursor cursor = new ByteCursor(file, bytes, array.offset());
        int[] ints = new int[(int) array.count()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = cursor.i32(key);
        }
        return ints;
    }

    /** Return an array of 32-bit floats; empty if the key is absent. */
    float[] floats(String key) {
        GgufValue.@Nullable Array array = array(key, 6);
        if (array == null) {
            return new float[0];
        }
        ByteCursor cursor = new ByteCursor(file, bytes, array.offset());
        float[] floats = new float[(int) array.count()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = Float.intBitsToFloat(cursor.i32(key));
        }
        return floats;
    }

    /** Return an array of truths; empty if the key is absent or no array. */
    boolean[] truths(String key) {
        if (!(pairs.get(key) instanceof GgufValue.Array)) {
            return new boolean[0];
        }
        GgufValue.@Nullable Array array = array(key, 7);
        if (array == null) {
            return new boolean[0];
        }
        ByteCursor cursor = new ByteCursor(file, bytes, array.offset());
        boolean[] truths = new boolean[(int) array.count()];
        for (int i = 0; i < truths.length; i++) {
            truths[i] = cursor.u8(key) != 0;
        }
        return truths;
    }

    /** Return the length of an array without decoding it; 0 if the key is absent. */
    int length(String key) {
        return switch (pairs.get(key)) {
            case null -> 0;
            case GgufValue.Array array -> bounded(key, array.count(), 0, MAX_ELEMENTS);
            default -> throw broken(key, "must be an array");
        };
    }

    private GgufValue.@Nullable Array array(String key, int... elementTypes) {
        @Nullable GgufValue value = pairs.get(key);
        if (value == null) {
            return null;
        }
        if (value instanceof GgufValue.Array array) {
            for (int type : elementTypes) {
                if (array.elementType() == type) {
                    bounded(key, array.count(), 0, MAX_ELEMENTS);
                    return array;
                }
            }
        }
        throw broken(key, "is not an array of the expected element type");
    }

    private void require(String key) {
        if (!has(key)) {
            throw broken(key, "is missing");
        }
    }

    PieException broken(String key, String problem) {
        return ModelErrors.key(file, key, problem);
    }

    PieException unsupported(String key, String problem) {
        return ModelErrors.unsupportedKey(file, key, problem);
    }

    Path file() {
        return file;
    }
}
