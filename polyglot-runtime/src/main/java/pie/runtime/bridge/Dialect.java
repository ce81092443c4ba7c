package pie.runtime.bridge;

import java.util.List;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;

/** Turn results into values of one guest language, and failures into its exceptions. */
public interface Dialect {
    /** Return what stands for an absent value. */
    @Nullable
    Object absent();

    /** Return how the language spells a name of the interface that is given in snake_case. */
    default String member(String name) {
        return name;
    }

    Object ints(int[] values);

    Object floats(float[] values);

    Object bytes(byte[] values);

    /** Return raw logits: little-endian floats as bytes. */
    Object logits(float[] values);

    /** Return a list, or an array. */
    Object list(List<?> values);

    /** Return a plain value for JSON-like data; keys come in camelCase and are renamed where the language does so. */
    default Object record(Object record) {
        return parsed(json(record));
    }

    /** Write a record as JSON with the keys of the language. */
    String json(Object record);

    /** Return a plain value for JSON. */
    Object parsed(String json);

    Kinds kinds();

    /** Throw the language's exception for a failure; never returns normally. */
    RuntimeException raise(PieException failure);
}
