package pie.runtime.js;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Json;
import pie.runtime.bridge.Dialect;
import pie.runtime.bridge.Kinds;

/** Make JavaScript values: typed arrays, undefined, plain objects, errors of the facade. */
final class JsDialect implements Dialect {
    private static final Kinds KINDS =
            new Kinds("string", "boolean", "number", "number", "ArrayBuffer", "Array", "Object");
    private static final Pattern SNAKE = Pattern.compile("_(.)");

    private @Nullable Value kit;

    /** Take the functions that make values. */
    void bind(Value prepared) {
        kit = prepared;
    }

    private Value kit(String name) {
        Value functions = kit;
        if (functions == null) {
            throw new PieException(ErrorCode.INTERNAL, "the JavaScript facade is not loaded yet");
        }
        return functions.getMember(name);
    }

    @Override
    public Object absent() {
        return kit("absent");
    }

    @Override
    public String member(String name) {
        return name.indexOf('_') < 0
                ? name
                : SNAKE.matcher(name).replaceAll(found -> found.group(1).toUpperCase(Locale.ROOT));
    }

    @Override
    public Object ints(int[] values) {
        ByteBuffer buffer = buffer(4 * values.length);
        buffer.asIntBuffer().put(values);
        return kit("ids").execute(buffer);
    }

    @Override
    public Object floats(float[] values) {
        ByteBuffer buffer = buffer(4 * values.length);
        buffer.asFloatBuffer().put(values);
        return kit("floats").execute(buffer);
    }

    @Override
    public Object bytes(byte[] values) {
        return kit("bytes").execute(ByteBuffer.wrap(values.clone()));
    }

    @Override
    public Object logits(float[] values) {
        ByteBuffer buffer = buffer(4 * values.length);
        buffer.asFloatBuffer().put(values);
        return kit("bytes").execute(buffer);
    }

    @Override
    public Object list(List<?> values) {
        return kit("list").execute(values.toArray());
    }

    @Override
    public String json(Object record) {
        return Json.text(record);
    }

    @Override
    public Object parsed(String json) {
        return kit("record").execute(json);
    }

    @Override
    public Kinds kinds() {
        return KINDS;
    }

    @Override
    public RuntimeException raise(PieException failure) {
        kit("raise").executeVoid(failure.code().name(), failure.message(), Json.text(failure.details()));
        return new PieException(ErrorCode.INTERNAL, "raise returned", java.util.Map.of(), failure);
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
