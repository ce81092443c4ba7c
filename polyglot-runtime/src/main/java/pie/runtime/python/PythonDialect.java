package pie.runtime.python;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Json;
import pie.runtime.bridge.Dialect;
import pie.runtime.bridge.Kinds;

/** Make Python values: lists, bytes, None, namespaces, exceptions of {@code inferlet.errors}. */
final class PythonDialect implements Dialect {
    private static final Kinds KINDS = new Kinds("str", "bool", "int", "float", "bytes", "list", "dict");
    private @Nullable Value listOf;
    private @Nullable Value bytesOf;
    private @Nullable Value recordOf;
    private @Nullable Value raise;

    /** Find the functions that make values, after the package has been imported. */
    void bind(Context context) {
        Value modules = context.eval("python", "__import__('sys').modules");
        Value values = modules.getHashValue("inferlet._values");
        listOf = values.getMember("list_of");
        bytesOf = values.getMember("bytes_of");
        recordOf = values.getMember("record_of");
        raise = modules.getHashValue("inferlet.errors").getMember("raise_error");
    }

    @Override
    public @Nullable Object absent() {
        return null;
    }

    @Override
    public Object ints(int[] values) {
        Object[] boxed = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            boxed[i] = values[i];
        }
        return bound(listOf).execute(boxed);
    }

    @Override
    public Object floats(float[] values) {
        Object[] boxed = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            boxed[i] = (double) values[i];
        }
        return bound(listOf).execute(boxed);
    }

    @Override
    public Object bytes(byte[] values) {
        return bound(bytesOf).execute(new String(values, StandardCharsets.ISO_8859_1));
    }

    @Override
    public Object logits(float[] values) {
        byte[] bytes = new byte[4 * values.length];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
        return bytes(bytes);
    }

    @Override
    public Object list(List<?> values) {
        return bound(listOf).execute(values.toArray());
    }

    @Override
    public String json(Object record) {
        return Json.snakeText(record);
    }

    @Override
    public Object parsed(String json) {
        return bound(recordOf).execute(json);
    }

    @Override
    public Kinds kinds() {
        return KINDS;
    }

    @Override
    public RuntimeException raise(PieException failure) {
        bound(raise).executeVoid(failure.code().name(), failure.message(), Json.text(failure.details()));
        return new PieException(ErrorCode.INTERNAL, "raise_error returned", Map.of(), failure);
    }

    private static Value bound(@Nullable Value function) {
        if (function == null) {
            throw new PieException(ErrorCode.INTERNAL, "the package inferlet is not imported yet");
        }
        return function;
    }
}
