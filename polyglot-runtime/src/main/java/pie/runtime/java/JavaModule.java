package pie.runtime.java;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Host;
import pie.inferlet.JsonBinding;
import pie.inferlet.Passing;

/** Let programs in other languages call the methods of one class of a Java file: those that are not private. */
final class JavaModule implements Host.Foreign {
    /** Wait for what a method returned, as the program's own code would. */
    @FunctionalInterface
    interface Waiting {
        Object result(CompletableFuture<?> future) throws Throwable;
    }

    private final Class<?> type;
    private final Host host;
    private final Executor own;
    private final Waiting waiting;
    private final Function<Throwable, PieException> failure;
    private final List<Method> methods;
    private @Nullable Object receiver;

    /** @param own runs pieces of the class's code on the program's thread */
    JavaModule(Class<?> type, Host host, Executor own, Waiting waiting, Function<Throwable, PieException> failure) {
        this.type = type;
        this.host = host;
        this.own = own;
        this.waiting = waiting;
        this.failure = failure;
        this.methods = Arrays.stream(type.getDeclaredMethods())
                .filter(m -> !m.isSynthetic() && !Modifier.isPrivate(m.getModifiers()) && !madeForTheCompiler(m))
                .sorted(Comparator.comparing(Method::toString))
                .toList();
    }

    private static boolean madeForTheCompiler(Method m) {
        return Arrays.stream(m.getParameters()).map(Parameter::getName).anyMatch(SourceFile.UNUSED::equals);
    }

    @Override
    public List<String> functions() {
        return methods.stream().map(Method::getName).distinct().toList();
    }

    @Override
    public Host.Passed call(String function, Host.Passed arguments) {
        Executor before = host.programRunsOn(own);
        try {
            List<?> given = (List<?>) Objects.requireNonNull(Passing.lift(arguments));
            Call call = fitting(function, given);
            call.method().setAccessible(true);
            Object target = Modifier.isStatic(call.method().getModifiers()) ? null : receiver();
            Object result = call.method().invoke(target, call.arguments());
            return Passing.lower(result instanceof CompletableFuture<?> future ? waiting.result(future) : result);
        } catch (Throwable e) {
            throw failure.apply(e);
        } finally {
            host.programRunsOn(before);
        }
    }

    private record Call(Method method, @Nullable Object[] arguments) {}

    /** Choose the first method of the name that takes these values. */
    private Call fitting(String function, List<?> given) throws Throwable {
        PieException last = null;
        for (Method m : methods) {
            if (m.getName().equals(function) && m.getParameterCount() == given.size()) {
                try {
                    return new Call(m, bound(m, given));
                } catch (PieException unfit) {
                    last = unfit;
                }
            }
        }
        if (last != null) {
            throw last;
        }
        throw new PieException(
                ErrorCode.NOT_FOUND,
                type.getSimpleName() + " has no method '" + function + "' with " + given.size() + " parameters; it has "
                        + String.join(", ", functions()),
                Map.of("kind", "function"));
    }

    private static @Nullable Object[] bound(Method m, List<?> given) throws Throwable {
        @Nullable Object[] bound = new Object[given.size()];
        for (int i = 0; i < bound.length; i++) {
            Parameter parameter = m.getParameters()[i];
            bound[i] = JsonBinding.convert(
                    given.get(i),
                    parameter.getType(),
                    parameter.getParameterizedType(),
                    m.getName() + "(): " + parameter.getName());
        }
        return bound;
    }

    private Object receiver() throws ReflectiveOperationException {
        Object made = receiver;
        if (made == null) {
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            made = constructor.newInstance();
            receiver = made;
        }
        return made;
    }
}
