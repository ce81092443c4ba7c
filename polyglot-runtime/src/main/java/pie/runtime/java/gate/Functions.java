package pie.runtime.java.gate;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collector;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Let functions that the library makes check at each call: composed with itself sixty times, one of them is 2^60 calls without any
 * code of the program. Sorting by natural order checks at each comparison.
 */
@SuppressWarnings("overloads")
public final class Functions {
    private Functions() {}

    @Wraps
    public static <A, B> @Nullable Function<A, B> polled(@Nullable Function<A, B> f) {
        return f == null
                ? null
                : a -> {
                    Gate.check();
                    return f.apply(a);
                };
    }

    @Wraps
    public static <A, B, C> @Nullable BiFunction<A, B, C> polled(@Nullable BiFunction<A, B, C> f) {
        return f == null
                ? null
                : (a, b) -> {
                    Gate.check();
                    return f.apply(a, b);
                };
    }

    @Wraps
    public static <A> @Nullable Consumer<A> polled(@Nullable Consumer<A> f) {
        return f == null
                ? null
                : a -> {
                    Gate.check();
                    f.accept(a);
                };
    }

    @Wraps
    public static <A, B> @Nullable BiConsumer<A, B> polled(@Nullable BiConsumer<A, B> f) {
        return f == null
                ? null
                : (a, b) -> {
                    Gate.check();
                    f.accept(a, b);
                };
    }

    @Wraps
    public static @Nullable IntConsumer polled(@Nullable IntConsumer f) {
        return f == null
                ? null
                : a -> {
                    Gate.check();
                    f.accept(a);
                };
    }

    @Wraps
    public static @Nullable LongConsumer polled(@Nullable LongConsumer f) {
        return f == null
                ? null
                : a -> {
                    Gate.check();
                    f.accept(a);
                };
    }

    @Wraps
    public static @Nullable DoubleConsumer polled(@Nullable DoubleConsumer f) {
        return f == null
                ? null
                : a -> {
                    Gate.check();
                    f.accept(a);
                };
    }

    @Wraps
    public static <A> @Nullable Predicate<A> polled(@Nullable Predicate<A> f) {
        return f == null
                ? null
                : a -> {
                    Gate.check();
                    return f.test(a);
                };
    }

    @Wraps
    public static <A, B> @Nullable BiPredicate<A, B> polled(@Nullable BiPredicate<A, B> f) {
        return f == null
                ? null
                : (a, b) -> {
                    Gate.check();
                    return f.test(a, b);
                };
    }

    @Wraps
    public static @Nullable IntPredicate polled(@Nullable IntPredicate f) {
        return f == null
                ? null
                : a -> {
                    Gate.check();
                    return f.test(a);
                };
    }

    @Wraps
    public static @Nullable LongPredicate polled(@Nullable LongPredicate f) {
        return f == null
                ? null
                : a -> {
                    Gate.check();
                    return f.test(a);
                };
    }

    @Wraps
    public static @Nullable DoublePredicate polled(@Nullable DoublePredicate f) {
        return f == null
                ? null
                : a -> {
                    Gate.check();
                    return f.test(a);
                };
    }

    @Wraps
    public static @Nullable IntUnaryOperator polled(@Nullable IntUnaryOperator f) {
        return f == null
                ? null
                : a -> {
                    Gate.check();
                    return f.applyAsInt(a);
                };
    }

    @Wraps
    public static @Nullable LongUnaryOperator polled(@Nullable LongUnaryOperator f) {
        return f == null
                ? null
                : a -> {
                    Gate.check();
                    return f.applyAsLong(a);
                };
    }

    @Wraps
    public static @Nullable DoubleUnaryOperator polled(@Nullable DoubleUnaryOperator f) {
        return f == null
                ? null
                : a -> {
                    Gate.check();
                    return f.applyAsDouble(a);
                };
    }

    @Wraps
    public static <A> @Nullable UnaryOperator<A> polled(@Nullable UnaryOperator<A> f) {
        return f == null
                ? null
                : a -> {
                    Gate.check();
                    return f.apply(a);
                };
    }

    @Wraps
    public static <A> @Nullable BinaryOperator<A> polled(@Nullable BinaryOperator<A> f) {
        return f == null
                ? null
                : (a, b) -> {
                    Gate.check();
                    return f.apply(a, b);
                };
    }

    @Wraps
    public static <A> @Nullable Comparator<A> polled(@Nullable Comparator<A> f) {
        return f == null
                ? null
                : (a, b) -> {
                    Gate.check();
                    return f.compare(a, b);
                };
    }

    @Wraps
    public static <T, A, R> @Nullable Collector<T, A, R> polled(@Nullable Collector<T, A, R> c) {
        if (c == null) {
            return null;
        }
        return Collector.of(
                () -> {
                    Gate.check();
                    return c.supplier().get();
                },
                (a, t) -> {
                    Gate.check();
                    c.accumulator().accept(a, t);
                },
                c.combiner(),
                a -> {
                    Gate.check();
                    return c.finisher().apply(a);
                });
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <T> Comparator<T> natural() {
        Comparator order = Comparator.naturalOrder();
        return (a, b) -> {
            Gate.check();
            return order.compare(a, b);
        };
    }

    private static <T> Comparator<T> order(@Nullable Comparator<T> c) {
        return c == null ? natural() : c;
    }

    @Replaces(List.class)
    public static <T> void sort(List<T> list, @Nullable Comparator<T> order) {
        list.sort(order(order));
    }

    @Replaces(value = Collections.class, name = "sort", statically = true)
    public static <T> void sorted(List<T> list) {
        list.sort(natural());
    }

    @Replaces(value = Collections.class, statically = true)
    public static <T> T max(Collection<T> c) {
        return Collections.max(c, natural());
    }

    @Replaces(value = Collections.class, statically = true)
    public static <T> T min(Collection<T> c) {
        return Collections.min(c, natural());
    }

    @Replaces(value = Arrays.class, name = "sort", statically = true)
    public static void sorted(Object[] a) {
        Arrays.sort(a, natural());
    }

    @Replaces(Stream.class)
    public static <T> Stream<T> sorted(Stream<T> s) {
        return s.sorted(natural());
    }
}
