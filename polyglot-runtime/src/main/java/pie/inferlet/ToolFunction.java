package pie.inferlet;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** A method that a model may call: its name, what it does, and the JSON Schema of its arguments. */
public final class ToolFunction {
    private final Object receiver;
    private final Method method;
    private final String description;
    private final Map<String, Object> schema;

    ToolFunction(Object receiver, Method method, String description) {
        this.receiver = receiver;
        this.method = method;
        this.description = description;
        this.schema = ToolSchema.of(method);
        method.setAccessible(true);
    }

    public String name() {
        return method.getName();
    }

    public String description() {
        return description;
    }

    /** Return the JSON Schema of the arguments. */
    public Map<String, Object> schema() {
        return schema;
    }

    /** Return what templates and grammars take: {@code name description parameters}. */
    Map<String, Object> described() {
        var all = new LinkedHashMap<String, Object>();
        all.put("name", name());
        all.put("description", description);
        all.put("parameters", schema);
        return all;
    }

    /**
     * Check arguments, JSON text or a {@code Map}, and call the method.
     *
     * @throws PieException INVALID_ARGUMENT with {@code problems} for arguments that do not fit
     */
    public @Nullable Object call(Object arguments) {
        Object value = arguments instanceof CharSequence text ? Tools.read(text.toString(), name()) : arguments;
        SchemaCheck.check(schema, value, name());
        Map<?, ?> given = value instanceof Map<?, ?> map ? map : Map.of();
        try {
            Parameter[] parameters = method.getParameters();
            @Nullable Object[] converted = new Object[parameters.length];
            for (int i = 0; i < parameters.length; i++) {
                Parameter p = parameters[i];
                converted[i] =
                        JsonBinding.convert(given.get(p.getName()), p.getType(), p.getParameterizedType(), p.getName());
            }
            return method.invoke(receiver, converted);
        } catch (InvocationTargetException e) {
            throw thrown(e.getCause() == null ? e : e.getCause());
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    public CompletableFuture<@Nullable Object> callAsync(Object arguments) {
        Object result = call(arguments);
        return result instanceof CompletableFuture<?> future
                ? Futures.map(future, value -> (Object) value)
                : CompletableFuture.completedFuture(result);
    }

    /** What a tool throws comes out as it is. */
    private RuntimeException thrown(Throwable cause) {
        if (cause instanceof RuntimeException unchecked) {
            return unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new PieException(ErrorCode.GUEST_ERROR, String.valueOf(cause.getMessage()), Map.of(), cause);
    }
}
